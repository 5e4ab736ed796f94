import { expect, it } from 'vitest'
import { readReviews } from '../../src/lab/reviews.ts'
import { describeWithData } from '../support/real-data.ts'

describeWithData('aclImdb_v1.tar.gz', (path) => {
  it('reviews - the real archive holds 25,000 of each part, half of them favourable', async () => {
    const { training, test } = await readReviews(path)
    for (const part of [training, test]) {
      expect(part.length).toBe(25_000)
      expect(part.filter(({ positive }) => positive).length).toBe(12_500)
    }
  })
})
