/** placeholder */
export function runClient(_prompt: string | undefined): Promise<number> {
  return Promise.resolve(0);
}
