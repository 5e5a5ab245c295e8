export default {
  table: '값을 표로 보기',
  time: '시각',
  value: '값',
  note: '뜻',
  outside: (text: string) => `${text} (그림보다 훨씬 위)`,
}
