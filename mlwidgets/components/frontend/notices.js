const NOTICE_STAYS = 8000;

export default {
  data() { return { full: false, unseen: 0 }; },
  watch: {
    notices(now, before) {
      const known = new Set(before.map((notice) => notice.id));
      now.filter((notice) => !known.has(notice.id)).forEach((notice) => this.arrive(notice));
    },
  },
  created() { this.timers = {}; },
  mounted() {
    this.full = isOwnPage();
    this.title = document.title;
    this.onSight = () => {
      if (document.hidden) return;
      this.count(0);
      this.notices.forEach((notice) => this.release(notice.id));
    };
    document.addEventListener('visibilitychange', this.onSight);
    this.notices.forEach((notice) => this.arrive(notice));
  },
  beforeUnmount() {
    document.removeEventListener('visibilitychange', this.onSight);
    Object.values(this.timers).forEach(clearTimeout);
    this.count(0);
  },
  methods: {
    address(notice) { return pageAddress('trading', notice.query); },
    arrive(notice) {
      if (!document.hidden) { this.release(notice.id); return; }
      this.count(this.unseen + 1);
      if (window.Notification && Notification.permission === 'granted') {
        const told = new Notification(notice.title, { body: notice.text });
        told.onclick = () => { window.focus(); told.close(); };
      }
    },
    hold(id) { clearTimeout(this.timers[id]); },
    release(id) {
      this.hold(id);
      this.timers[id] = setTimeout(() => this.dismiss(id), NOTICE_STAYS);
    },
    count(unseen) {
      this.unseen = unseen;
      if (this.full) document.title = unseen ? `(${unseen}) ${this.title}` : this.title;
    },
  },
};
