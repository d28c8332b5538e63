(function () {
  // Vuetify and JupyterLab's widgets take their theme from here.
  // A person's choice on an earlier page is in the store.
  const chosen = localStorage.getItem('mlwidgets-theme');
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.body.dataset.jpThemeLight = String(!dark);
  document.body.dataset.jpThemeName = dark ? 'JupyterLab Dark' : 'JupyterLab Light';
  document.body.classList.add(dark ? 'theme-dark' : 'theme-light');

  // The page's own widgets set the language once they are there.
  const WORDS = {
    en: {
      again: 'Open it again',
      ended: 'The server has ended this page. Jobs go on without it.',
      failed: 'This page cannot be shown; the server\'s log says why.',
      silent: 'The server does not answer.',
      slow: 'Starting takes longer than usual',
      start: 'Starting',
    },
    ru: {
      again: 'Открыть снова',
      ended: 'Сервер завершил эту страницу. Задачи выполняются и без неё.',
      failed: 'Эту страницу нельзя показать; причина в журнале сервера.',
      silent: 'Сервер не отвечает.',
      slow: 'Запуск длится дольше обычного',
      start: 'Запуск',
    },
  };
  const liked = navigator.languages.map((code) => code.slice(0, 2));
  document.documentElement.lang = liked.find((code) => code in WORDS) || 'en';
  const say = (key) => (WORDS[document.documentElement.lang] || WORDS.en)[key];

  const byId = (id) => document.getElementById(id);
  window.mlw_failed = () => {
    byId('mlw-loading').remove();
    tell('failed');
  };
  byId('mlw-loading-note').textContent = say('start');
  const slow = setTimeout(() => {
    byId('mlw-loading-note').textContent = say('slow');
  }, 8000);

  // Voilà calls these while it renders; the loading screen stays until there is a widget to see.
  window.voila_heartbeat = () => {};
  window.voila_process = () => {};
  window.voila_finish = () => {
    const seen = () => document.querySelector(
      '#rendered_cells .jupyter-widgets, #rendered_cells .vuetify-styles > *,'
      + '#rendered_cells [data-mime-type="application/vnd.jupyter.error"]');
    const watch = new MutationObserver(() => {
      if (seen()) {
        watch.disconnect();
        clearTimeout(slow);
        byId('mlw-loading').remove();
        performance.mark('mlw-first-widget');
      }
    });
    watch.observe(byId('rendered_cells'), { childList: true, subtree: true });
  };

  // A page whose kernel has ended looks alive and answers nothing: say so.
  let leaving = 0;
  function tell(key) {
    byId('mlw-gone-text').textContent = key && say(key);
    byId('mlw-gone-again').textContent = say('again');
    byId('mlw-gone').hidden = !key;
  }
  async function check() {
    const { kernelId } = document.body.dataset;
    if (document.hidden || !kernelId || Date.now() - leaving < 60000) { return; }
    const { baseUrl } = JSON.parse(byId('jupyter-config-data').textContent);
    try {
      const answer = await fetch(`${baseUrl}mlwidgets/pages/${kernelId}`);
      const open = answer.ok && (await answer.json()).open;
      tell(open ? '' : 'ended');
    } catch {
      tell('silent');
    }
  }
  window.addEventListener('beforeunload', () => { leaving = Date.now(); });
  setInterval(check, 10000);
  document.addEventListener('visibilitychange', check);
})();
