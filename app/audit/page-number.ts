/** Number of a page as it stands in an address, from 1; what is no such number is the first page. */
export function pageNumber(text: string | readonly string[] | undefined): number {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= 100_000 ? number : 1;
}
