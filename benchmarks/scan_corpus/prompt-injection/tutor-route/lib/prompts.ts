export interface Lesson {
  topic: string;
  level: string;
}

const RULES = ["Explain in steps.", "Never give the final result away.", "Stay with school subjects."];

export function tutorPrompt(lesson: Lesson): string {
  const lines = [`You teach ${lesson.topic} to a pupil (${lesson.level}).`, ...RULES];
  return lines.join("\n");
}
