const LIBRARY = new Map<string, string>();

export async function search(query: string): Promise<string> {
  const found = [...LIBRARY.entries()].filter(([, text]) => text.includes(query));
  return found.map(([id]) => id).join("\n");
}

export async function summarize(id: string): Promise<string> {
  return (LIBRARY.get(id) ?? "").slice(0, 500);
}
