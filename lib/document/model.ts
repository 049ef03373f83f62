/**
 * A document as its author means it: headings, facts, tables, figures and boxes, without pages. Everything is plain data, so
 * that it can be made by pure code and handed to a worker.
 */
export type Tone = "plain" | "medium" | "strong" | "quiet" | "mono" | "struck";
export type Run = { readonly text: string; readonly tone: Tone };
export type Size = "fine" | "small" | "body" | "section" | "chapter" | "title" | "display";
/** Runs of text set one after the other; a line feed starts a new line. */
export type Paragraph = { readonly size: Size; readonly runs: readonly Run[] };

export type Fact = { readonly term: string; readonly value: readonly Paragraph[] };
export type Column = { readonly title: string; /** points */ readonly width: number; readonly align: "left" | "right" };

export type Row =
  | {
      readonly kind: "cells"; readonly cells: readonly (readonly Paragraph[])[];
      /** Set below the cells, from the second column to the right edge, with a thin bar at their left when `barred`. */
      readonly notes: readonly { readonly paragraph: Paragraph; readonly barred: boolean }[];
      /** A bar in the margin. */
      readonly marked: boolean;
      /** Belongs to the row below: no line between them, and no page break where it can be avoided. */
      readonly withNext: boolean;
    }
  | { readonly kind: "group"; readonly paragraph: Paragraph };

export type Tick = { readonly at: number; readonly label: string };
/** One plot. `x` in epoch milliseconds, `y` in the unit of the title; `stretches` are runs of points without a gap between. */
export type Panel = {
  readonly title: string; readonly unit: string; readonly aside: string;
  readonly x: { readonly from: number; readonly to: number; readonly ticks: readonly Tick[] };
  readonly y: { readonly from: number; readonly to: number; readonly ticks: readonly Tick[] };
  readonly stretches: readonly (readonly { readonly at: number; readonly value: number }[])[];
  /** Draw each point, as rare laboratory values need it. */
  readonly dots: boolean;
  readonly limits: readonly Tick[];
  readonly window: { readonly from: number; readonly to: number } | undefined;
};

export type Block =
  | { readonly kind: "heading"; readonly level: "chapter" | "section"; readonly text: string; readonly note: string }
  | { readonly kind: "banner"; readonly word: string; readonly paragraphs: readonly Paragraph[] }
  | { readonly kind: "facts"; /** Of the columns, points. */ readonly widths: readonly number[]; readonly facts: readonly Fact[] }
  /** `continued` names the table on each further page; at its own start as well when it is `resumed` after something between. */
  | { readonly kind: "table"; readonly columns: readonly Column[]; readonly rows: readonly Row[]; readonly continued: string; readonly resumed: boolean }
  /** Panels stand side by side. */
  | { readonly kind: "figure"; readonly panels: readonly Panel[]; readonly caption: Paragraph; readonly withNext: boolean }
  | { readonly kind: "box"; readonly title: string; readonly aside: string; readonly paragraphs: readonly Paragraph[]; readonly facts: readonly Fact[] }
  | { readonly kind: "text"; readonly paragraphs: readonly Paragraph[] };

export type Attachment = { readonly name: string; readonly mimeType: string; readonly description: string; readonly text: string };

export type PrintedDocument = {
  readonly title: string; readonly subject: string; readonly author: string;
  /** RFC 3066, e.g. en-GB. */
  readonly language: string;
  readonly createdAt: Date;
  /** On each page. `stamps` are boxed words, the most important first. */
  readonly header: { readonly title: string; readonly subtitle: string; readonly aside: string; readonly stamps: readonly string[] };
  /** On each page, beside "Page x of y" and the marks below it. */
  readonly footer: { readonly lines: readonly Paragraph[]; readonly marks: readonly string[] };
  readonly blocks: readonly Block[];
  readonly attachments: readonly Attachment[];
};

/** Width between the margins, points. Columns of a table together are as wide as this. */
export const contentWidth = 518.8;

const run = (tone: Tone) => (text: string): Run => ({ text, tone });
export const [plain, medium, strong, quiet, mono, struck] = [run("plain"), run("medium"), run("strong"), run("quiet"), run("mono"), run("struck")] as const;

const paragraph = (size: Size, usual: (text: string) => Run) => (...parts: readonly (string | Run)[]): Paragraph => ({ size, runs: parts.map((part) => (typeof part === "string" ? usual(part) : part)) });
export const body = paragraph("body", plain);
export const small = paragraph("small", quiet);
export const fine = paragraph("fine", quiet);
