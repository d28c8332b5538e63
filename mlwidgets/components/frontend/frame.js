const STORED_THEME = 'mlwidgets-theme';

function inUnits(milliseconds, units) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [size, said] = units.findLast(([size]) => seconds >= size) || units[0];
  return said.replace('{}', Math.floor(seconds / size));
}

export default {
  data() { return { typed: null, listed: false, seconds: 0, full: false, open: false, bell: window.Notification ? Notification.permission : '', view: Math.random().toString(36).slice(2) }; },
  computed: {
    dark() { return this.$vuetify.theme.current.dark; },
    other() { return this.languages.find((code) => code !== this.language) || this.language; },
    bells() {
      return this.words[{ default: 'notify', granted: 'notify_on', denied: 'notify_denied' }[this.bell]];
    },
    // How long ago the market's last word was, by the kernel's clock, which may differ from ours.
    counted() {
      const { past, ahead, units } = this.market;
      const { heard, next, now } = this.pulse;
      const passed = now + 1000 * this.seconds;
      const said = [];
      if (next && ahead) said.push(ahead.replace('{}', inUnits(next - passed, units)));
      if (heard) said.push(past.replace('{}', inUnits(passed - heard, units)));
      return said.join(' · ');
    },
    // What is read out where the chip has the focus; its title follows as the description.
    reachable() { return [this.market.text, this.counted].filter(Boolean).join(' · '); },
    target() { return this.full ? null : '_blank'; },
  },
  watch: {
    dark(dark) { this.paint(dark); },
    pulse() { this.seconds = 0; this.count(); },
    place() { this.write(); },
    language(code) { if (this.full) document.documentElement.lang = code; },
  },
  mounted() {
    this.full = isOwnPage();
    if (this.full) document.documentElement.lang = this.language;
    const wanted = this.full && localStorage.getItem(STORED_THEME);
    if (wanted && (wanted === 'dark') !== this.dark) this.darken(wanted === 'dark');
    this.write();
    this.locate(Intl.DateTimeFormat().resolvedOptions().timeZone);
    this.count();
    this.onLook = () => this.look({ view: this.view, visible: !document.hidden });
    document.addEventListener('visibilitychange', this.onLook);
    this.onLook();
    this.paint(this.dark);
  },
  beforeUnmount() {
    clearInterval(this.counting);
    document.removeEventListener('visibilitychange', this.onLook);
    this.look({ view: this.view, gone: true });
  },
  methods: {
    count() {
      clearInterval(this.counting);
      this.counting = setInterval(() => { this.seconds += 1; }, 1000);
    },
    // A link that is copied opens what is chosen, whether somebody chose it or not.
    write() {
      if (this.full) history.replaceState(history.state, '', ownQuery(location.search, this.place) + location.hash);
    },
    // The field tells each letter; a symbol is one once it has been entered, or picked from the list.
    settle(event) {
      const wanted = (this.typed || '').trim();
      this.typed = null;
      if (wanted && wanted !== this.symbol) this.choose({ symbol: wanted });
      if (!event) return;
      event.target.blur();
      setTimeout(() => { this.listed = false; });
    },
    address(page) { return pageAddress(page, this.query); },
    show() {
      this.open = true;
      this.$nextTick(() => this.$refs.heading.focus({ preventScroll: true }));
    },
    close() {
      if (!this.open) return;
      this.open = false;
      this.$refs.jobs.focus({ preventScroll: true });
    },
    // The Tab key goes round in the drawer while it is open.
    keep(event) {
      if (event.key !== 'Tab') return;
      const [first, ...others] = [...this.$refs.drawer.querySelectorAll('a[href], button:not(:disabled), input:not(:disabled)')];
      const last = others.length ? others[others.length - 1] : first;
      const at = document.activeElement;
      const around = event.shiftKey ? (at === first || at === this.$refs.heading) && last : at === last && first;
      if (!around) return;
      event.preventDefault();
      around.focus();
    },
    async ring() { this.bell = await Notification.requestPermission(); },
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
