export default {
  title: '감사',
  text: '누가 무엇을 했는지의 기록',
  empty: '감사 기록이 없습니다',
  emptyNext: '로그인, 승인, 해제가 여기에 남습니다.',
  rows: (n: number) => `${n}건`,
}
