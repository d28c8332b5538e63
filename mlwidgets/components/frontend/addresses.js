// Where our pages are, from one of them or from a notebook in JupyterLab.
function isOwnPage() { return document.body.dataset.voila === 'voila'; }

function pageAddress(page, query) {
  const config = document.getElementById('jupyter-config-data');
  const base = config ? JSON.parse(config.textContent).baseUrl : '/';
  return `${base}${page}${query ? `?${query}` : ''}`;
}
