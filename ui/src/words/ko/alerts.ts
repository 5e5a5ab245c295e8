export default {
  title: '알림',
  text: '보낸 알림과 확인',
  empty: '아직 알림이 없습니다',
  emptyNext: '감시가 알릴 일이 생기면 여기에 나타납니다.',
  rows: (n: number) => `${n}건`,
}
