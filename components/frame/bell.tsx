"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { Icon } from "../ui/icon.tsx";

/** How often an open page asks for new notices, milliseconds: an alert is seen within a minute without a reload. */
const every = 30_000;

/** Notices of the person with the count of unread ones. Asking counts as no activity, so that an open page still signs out when idle. */
export function Bell() {
  const [unread, setUnread] = useState(0);
  useEffect(() => {
    const ask = async () => {
      const answer = await fetch("/api/notices").catch(() => undefined);
      if (answer?.status === 401) clearInterval(timer);
      if (!answer?.ok) return;
      const { unread: count } = (await answer.json()) as { unread: number };
      setUnread(count);
    };
    const timer = setInterval(() => void ask(), every);
    void ask();
    return () => clearInterval(timer);
  }, []);
  return (
    <Link href="/account/notices" className="bell" aria-label={unread === 0 ? "Notices" : `Notices, ${unread} unread`}><Icon name="bell" />{unread > 0 ? <b>{unread}</b> : null}</Link>
  );
}
