// Where our pages are, from one of them or from a notebook in JupyterLab.
function isOwnPage() { return document.body.dataset.voila === 'voila'; }

// The query of the page's own address: the choices, and what in it is not ours. A token stays out.
function ownQuery(search, place) {
  const kept = new URLSearchParams(search);
  for (const name of ['symbol', 'timeframe', 'model', 'horizon', 'tab', 'token']) kept.delete(name);
  return `?${[place, String(kept)].filter(Boolean).join('&')}`;
}

function pageAddress(page, query) {
  const config = document.getElementById('jupyter-config-data');
  const base = config ? JSON.parse(config.textContent).baseUrl : '/';
  return `${base}${page}${query ? `?${query}` : ''}`;
}
