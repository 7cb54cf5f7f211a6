from flask import Flask, jsonify, request

from kb.answer import answer

app = Flask(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    return jsonify({"answer": answer(request.json["question"])})
