const YEAR_S = 365 * 24 * 3600;

export default function remember(component) {
  const { data } = mounted(component, () => {});
  const secure = location.protocol === "https:" ? "; secure" : "";
  for (const [name, value] of Object.entries(data.choices ?? {})) {
    const life = value ? YEAR_S : 0;
    document.cookie = `jianzheng-${name}=${encodeURIComponent(value)}; path=/; max-age=${life}; samesite=lax${secure}`;
  }
}
