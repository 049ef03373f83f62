"use client";

import { useEffect } from "react";

/** Arrow keys move between the rows of the table marked `data-keys`; Enter opens the row, as a link does. */
export function QueueKeys() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const links = [...document.querySelectorAll<HTMLAnchorElement>("table[data-keys] a[data-row-link]")];
      const target = document.activeElement;
      if (links.length === 0 || (target instanceof HTMLElement && target.matches("input, select, textarea"))) return;
      const at = links.findIndex((link) => link === target);
      const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))];
      event.preventDefault();
      next?.focus();
      for (const link of links) link.closest("tr")?.setAttribute("data-current", String(link === next));
      next?.scrollIntoView({ block: "nearest" });
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return null;
}
