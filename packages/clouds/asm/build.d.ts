export function compileErasure(): Promise<Uint8Array>;
export function generatedText(binary: Uint8Array): string;
