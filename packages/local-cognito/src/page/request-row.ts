import { describeRefusal, type Journal, type RequestRecord } from '../model/journal.ts';
import { type Html, html } from './html.ts';

/** One answered request, every field ready to be shown as text. */
interface RequestRow {
  readonly sequence: number;
  readonly isIssued: boolean;
  readonly time: string;
  readonly status: string;
  readonly client: string;
  /** Where the client's page is; empty for a client that is not known. */
  readonly href: string;
  readonly outcome: string;
  readonly duration: string;
}

/** What the page asks for again and again. */
export interface RequestFeed {
  /** The newest sequence number; lower than before after a restart of the server. */
  readonly latest: number;
  /** Newest first. */
  readonly rows: readonly RequestRow[];
}

/** How many requests the page shows. */
const SHOWN_REQUESTS = 25;

/** The requests after `sequence`, as many as the page shows. */
export function readFeed(journal: Journal, sequence: number): RequestFeed {
  const records = journal.latest();
  return {
    latest: records[0]?.sequence ?? 0,
    rows: records
      .filter((record) => record.sequence > sequence)
      .slice(0, SHOWN_REQUESTS)
      .map(toRow),
  };
}

function toRow(record: RequestRecord): RequestRow {
  const { sequence, at, status, poolName, clientName, clientId, durationMs } = record;
  return {
    sequence,
    isIssued: status === 200,
    time: at.slice(11, 19),
    status: String(status),
    client: `${poolName ?? 'no pool'} / ${clientName ?? 'unknown client'}`,
    href: clientId === undefined ? '' : `/clients/${encodeURIComponent(clientId)}`,
    outcome: describeOutcome(record),
    duration: `${durationMs} ms`,
  };
}

function describeOutcome(record: RequestRecord): string {
  const { status, scopes, customClaims } = record;
  if (status !== 200) return describeRefusal(record);
  const count = customClaims?.length ?? 0;
  return `${count} ${count === 1 ? 'claim' : 'claims'} added · ${scopes?.join(' ') ?? ''}`;
}

/** The list of the last requests; the script fills in new ones from the template. */
export function renderRequests({ latest, rows }: RequestFeed): Html {
  return html`<section class="card requests" aria-labelledby="requests-title">
<div class="card-head"><h2 id="requests-title">Last requests</h2>
<p class="live" data-live hidden><span class="dot" aria-hidden="true"></span><span data-live-text>live</span></p></div>
<p class="empty" data-requests-empty ${hiddenIf(rows.length > 0)}>No token has been requested yet. Issue one here, or call a token endpoint; it appears immediately.</p>
<ol class="request-list" data-requests data-latest="${latest}" data-limit="${SHOWN_REQUESTS}" aria-live="off">${rows.map(renderRow)}</ol>
<template data-request-template>${renderRow(BLANK_ROW)}</template>
</section>`;
}

const BLANK_ROW: RequestRow = {
  sequence: 0,
  isIssued: true,
  time: '',
  status: '',
  client: '',
  href: '',
  outcome: '',
  duration: '',
};

function renderRow(row: RequestRow): Html {
  const href = row.href === '' ? undefined : html` href="${row.href}"`;
  return html`<li class="request ${row.isIssued ? 'is-good' : 'is-bad'}">
<span class="request-time" data-field="time">${row.time}</span>
<span class="request-status" data-field="status">${row.status}</span>
<a class="request-client" data-field="client"${href}>${row.client}</a>
<span class="request-outcome" data-field="outcome">${row.outcome}</span>
<span class="request-duration" data-field="duration">${row.duration}</span></li>`;
}

function hiddenIf(isHidden: boolean): Html {
  return isHidden ? html`hidden` : html``;
}
