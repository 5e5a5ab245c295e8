export default {
  title: '점검',
  text: '매일·매주 점검 결과',
  empty: '점검 기록이 없습니다',
  emptyNext: '서버에서 hantu ops check 로 점검하세요.',
  rows: (n: number) => `${n}건`,
}
