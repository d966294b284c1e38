/** In a spec `%` begins a macro everywhere, in scripts too (rpm-spec(5)). */
export function literal(text: string): string {
  return text.replaceAll('%', '%%')
}
