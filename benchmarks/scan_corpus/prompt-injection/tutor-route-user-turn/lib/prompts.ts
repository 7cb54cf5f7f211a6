export interface Lesson {
  topic: string;
  level: string;
}

const RULES = ["Explain in steps.", "Never give the final result away.", "Stay with school subjects."];

export const TUTOR_PROMPT = ["You teach pupils.", ...RULES].join("\n");

export function opening(lesson: Lesson): string {
  return `I want to learn about ${lesson.topic} (${lesson.level}).`;
}
