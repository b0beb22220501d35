import { RoomSettings } from '../pages/room_settings.ts'
import type { Room } from '../pages/room.ts'

export const TITLE = 'Surprise party'
export const SECRET = 'The cake is in the cellar'

interface People {
  owner: Room
  member: Room
  id: string
}

/** Two people in a private room, in which both have written. */
export async function inPrivateRoom(owner: Room, member: Room): Promise<People> {
  const id = await owner.createsRoom(TITLE)
  await owner.says(SECRET)
  const settings = await RoomSettings.of(owner)
  await settings.adds('mo')
  await settings.close()
  await member.goesToPrivate(TITLE)
  await member.reads(SECRET)
  await member.says('I bring the candles')
  await owner.reads(SECRET, 'I bring the candles')
  return { owner, member, id }
}
