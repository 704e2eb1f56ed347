// What a collector of traces sees of both servers.

import { expect, test } from '../support/fixtures';
import { enter } from '../support/journey';

test('a page and what it asks the api are one trace, with one id', async ({ page, product: { collector } }) => {
  await enter(page);
  const answer = await page.goto('/keys');
  const id = answer!.headers()['x-request-id'];
  const serverOf = (service: string) => collector.span((span) => span.service === service
    && span.kind === 'server' && span.attributes['passerelle.request_id'] === id);
  const shown = await serverOf('passerelle-playground');
  expect(shown).toMatchObject({ name: 'GET /keys', parent: '' });
  expect(shown.attributes).toMatchObject({ 'http.route': '/keys', 'http.response.status_code': 200 });
  const asked = await serverOf('passerelle-api');
  expect(asked.name).toMatch(/^GET \/v1\//);
  expect(asked.trace).toBe(shown.trace);
  const call = await collector.span((span) => span.id === asked.parent);
  expect(call).toMatchObject({ service: 'passerelle-playground', kind: 'client', name: 'GET', trace: shown.trace, parent: shown.id });
  const stored = await collector.span((span) => span.parent === asked.id);
  expect(stored).toMatchObject({ service: 'passerelle-api', kind: 'client', name: 'sqlite', trace: shown.trace });
});
