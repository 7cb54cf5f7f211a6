import json

import boto3

REGION = "eu-central-1"
AWS_ACCESS_KEY_ID = "AKIAPYJ6ODYWXLD3L7RD"
AWS_SECRET_ACCESS_KEY = "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"

session = boto3.Session(
    aws_access_key_id=AWS_ACCESS_KEY_ID,
    aws_secret_access_key=AWS_SECRET_ACCESS_KEY,
    region_name=REGION,
)
runtime = session.client("bedrock-runtime")


def invoke(prompt: str) -> str:
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 500}
    body["messages"] = [{"role": "user", "content": prompt}]
    response = runtime.invoke_model(modelId="anthropic.claude-3-haiku-20240307-v1:0", body=json.dumps(body))
    return json.loads(response["body"].read())["content"][0]["text"]
