const STORED_THEME = 'mlwidgets-theme';

export default {
  data() { return { full: false, view: Math.random().toString(36).slice(2) }; },
  computed: {
    dark() { return this.$vuetify.theme.current.dark; },
    other() { return this.languages.find((code) => code !== this.language) || this.language; },
    target() { return this.full ? null : '_blank'; },
  },
  watch: {
    dark(dark) { this.paint(dark); },
    query(query) {
      if (this.full) history.replaceState(history.state, '', `?${query}`);
    },
    language(code) { if (this.full) document.documentElement.lang = code; },
  },
  mounted() {
    this.full = isOwnPage();
    if (this.full) document.documentElement.lang = this.language;
    const wanted = this.full && localStorage.getItem(STORED_THEME);
    if (wanted && (wanted === 'dark') !== this.dark) this.darken(wanted === 'dark');
    this.onLook = () => this.look({ view: this.view, visible: !document.hidden });
    document.addEventListener('visibilitychange', this.onLook);
    this.onLook();
    this.paint(this.dark);
  },
  beforeUnmount() {
    document.removeEventListener('visibilitychange', this.onLook);
    this.look({ view: this.view, visible: false });
  },
  methods: {
    address(page) { return pageAddress(page, this.query); },
    toggle() {
      localStorage.setItem(STORED_THEME, this.dark ? 'light' : 'dark');
      this.darken(!this.dark);
    },
    // What lies outside of the widget has its theme from the page.
    paint(dark) {
      if (this.full) document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    },
  },
};
