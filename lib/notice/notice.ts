/** What people are told by the system, by kind. */
export const noticeKinds = ["passkey-enrolled", "passkey-revoked", "signing-locked", "signing-unlocked", "signing-attempt", "integrity-failed", "key-rotated", "export-ready"] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export type Notice = {
  readonly kind: NoticeKind;
  readonly title: string;
  /** What happened and what to do, in one or two sentences. */
  readonly body: string;
  /** Page of the portal where it is put right. */
  readonly address: string;
};
export type NoticeView = Notice & { readonly id: string; readonly at: Date; readonly readAt: Date | null };
