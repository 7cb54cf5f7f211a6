"use client";

import { useChat } from "@ai-sdk/react";
import { marked } from "marked";
import { useState } from "react";

interface BubbleProps {
  role: string;
  text: string;
}

function UserBubble({ text }: BubbleProps) {
  return <p className="bubble bubble-user">{text}</p>;
}

export default function ChatPage() {
  const { messages, sendMessage, status } = useChat();
  const [draft, setDraft] = useState("");

  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    if (!draft.trim()) return;
    sendMessage({ text: draft });
    setDraft("");
  };

  return (
    <main className="chat">
      {messages.map((message) => {
        const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
        if (message.role === "user") {
          return <UserBubble key={message.id} role={message.role} text={text} />;
        }
        return (
          <div
            key={message.id}
            className="bubble bubble-assistant"
            dangerouslySetInnerHTML={{ __html: marked.parse(text) as string }}
          />
        );
      })}
      <form onSubmit={submit}>
        <input value={draft} disabled={status !== "ready"} onChange={(event) => setDraft(event.target.value)} />
      </form>
    </main>
  );
}
