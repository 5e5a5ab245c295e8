export default {
  title: '설정',
  text: '내 로그인, 사람, 프로그램, 설정값',
  empty: '로그인 기록이 없습니다',
  emptyNext: '',
  rows: (n: number) => `${n}건`,
}
