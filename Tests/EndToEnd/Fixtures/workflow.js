// Plays n8n: runs a workflow of bin/etc/n8n from its trigger on, node by node, and prints each request with its answer as a
// line of JSON. What n8n's nodes and expressions do is done here as far as these workflows use it (n8n-io/n8n,
// HttpRequestV3.node.ts and request-helper-functions.ts, looked up 2026-11); n8n itself is in no registry that we may ask.
//   node workflow.js FILE TRIGGER-ITEM   TISTIS_URL, TISTIS_KEY and ANTHROPIC_URL in the environment
const flow = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));
const done = {};

function scope(input, i, more) {
  const all = list => ({ first: () => list[0], all: () => list, item: list[i] });
  const day = at => ({ toISODate: () => at.toISOString().slice(0, 10), plus: ({ days }) => day(new Date(+at + days * 864e5)) });
  return {
    $json: input[i]?.json, $input: all(input), $env: { TISTIS_URL: process.env.TISTIS_URL }, $execution: { id: '7' },
    $now: day(new Date()), ...more, $: name => {
      if (!done[name]) throw new Error(`${name} has not run`);
      return all(done[name]);
    },
  };
}

const run = (code, names) => new Function(...Object.keys(names), code)(...Object.values(names));

// A value of a parameter: an expression begins with "=".
function value(text, names) {
  if (typeof text !== 'string' || text[0] !== '=') return text;
  const whole = text.match(/^={{((?:(?!}})[\s\S])*)}}$/);
  const one = code => run(`return (${code})`, names);
  if (whole) return one(whole[1]);
  return text.slice(1).replace(/{{([\s\S]*?)}}/g, (_, code) => one(code));
}

const pairs = (list, names) => (list?.parameters ?? []).map(p => [p.name, value(p.value, names)]);

async function request(node, names, extra) {
  const p = node.parameters;
  const url = new URL(value(p.url, names).replace('https://api.anthropic.com', process.env.ANTHROPIC_URL));
  const query = p.sendQuery ? (p.specifyQuery === 'json' ? Object.entries(JSON.parse(value(p.jsonQuery, names)))
    : pairs(p.queryParameters, names)) : [];
  // As qs writes it: undefined is left out, null is empty.
  for (const [k, v] of [...query, ...extra]) if (v !== undefined) url.searchParams.set(k, v ?? '');
  const header = node.credentials.httpHeaderAuth.name.match(/\((.*)\)$/)[1];
  const key = process.env.TISTIS_KEY;
  const headers = { ...Object.fromEntries(p.sendHeaders ? pairs(p.headerParameters, names) : []),
    [header]: header === 'Authorization' ? 'Bearer ' + key : header === 'x-api-key' ? 'dev_anthropic_key' : key };
  const body = p.sendBody ? value(p.jsonBody, names) : undefined;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(url, { method: p.method, headers, body, redirect: 'error' });
  const said = { statusCode: answer.status, body: await answer.json() };
  console.log(JSON.stringify({ node: node.name, method: p.method, path: url.pathname, query: url.search,
    sent: body === undefined ? null : JSON.parse(body), status: said.statusCode, answer: said.body }));
  return said;
}

async function http(node, input) {
  const out = [];
  const pages = node.parameters.options.pagination?.pagination;
  for (let i = 0; i < input.length; i++) {
    let response = {};
    for (let $pageCount = 0, more = true; more; $pageCount++) {
      const names = scope(input, i, { $response: response, $pageCount });
      response = await request(node, names, pages ? pairs(pages.parameters, names) : []);
      if (response.statusCode >= 400) {
        if (node.onError !== 'continueRegularOutput') throw new Error(`${node.name}: ${response.statusCode}`);
        response.body = { error: response.body };
      }
      out.push({ json: response.body });
      more = pages && $pageCount + 1 < pages.maxRequests
        && !value(pages.completeExpression, scope(input, i, { $response: response, $pageCount }));
    }
  }
  return out;
}

async function play() {
  let node = flow.nodes.find(n => /\.(webhook|scheduleTrigger)$/.test(n.type));
  let items = [{ json: JSON.parse(process.argv[3]) }];
  for (;;) {
    if (node.type.endsWith('.code')) items = run(node.parameters.jsCode, scope(items, 0));
    if (node.type.endsWith('.httpRequest')) items = await http(node, items);
    done[node.name] = items;
    const next = flow.connections[node.name]?.main[0][0]?.node;
    if (!next || !items.length) return;
    node = flow.nodes.find(n => n.name === next);
  }
}

play().catch(error => { console.error(error.message); process.exit(1); });
