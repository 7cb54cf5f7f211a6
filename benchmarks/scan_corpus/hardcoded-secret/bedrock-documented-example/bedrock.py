"""
Bedrock client.

Credentials come from the instance's role. For a local run export your own, which look like this:

    AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
    AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
"""

import json

import boto3

REGION = "eu-central-1"
ROLE_ARN = "arn:aws:iam::123456789012:role/bedrock-reader"

session = boto3.Session(region_name=REGION)
runtime = session.client("bedrock-runtime")


def invoke(prompt: str) -> str:
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 500}
    body["messages"] = [{"role": "user", "content": prompt}]
    response = runtime.invoke_model(modelId="anthropic.claude-3-haiku-20240307-v1:0", body=json.dumps(body))
    return json.loads(response["body"].read())["content"][0]["text"]
