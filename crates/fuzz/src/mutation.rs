//! Mutates inputs of the corpus for `short_run.rs`, in the same way every time.

/// The longest part that one change removes, repeats or inserts, in bytes.
const LONGEST_PART: usize = 32;

/// Makes new inputs from others, in an order that is the same every time.
pub(crate) struct Mutation<'a> {
    corpus: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutation<'a> {
    pub(crate) fn new(corpus: &'a [Vec<u8>]) -> Self {
        Self { corpus, state: 0 }
    }

    /// An input of the corpus with one to four changes.
    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.any_of_corpus().to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut input);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let (start, end) = self.part(input);
        match self.below(5) {
            0 => {
                if let Some(byte) = input.get_mut(start) {
                    *byte ^= 1 << self.below(8);
                }
            }
            1 => input.insert(start, self.random().to_le_bytes()[0]),
            2 => drop(input.drain(start..end)),
            3 => input.extend_from_within(start..end),
            _ => {
                let other = self.any_of_corpus();
                let (from, to) = self.part(other);
                input.splice(start..end, other[from..to].iter().copied());
            }
        }
    }

    fn any_of_corpus(&mut self) -> &'a [u8] {
        let index = self.below(self.corpus.len());
        &self.corpus[index]
    }

    /// The start and the end of a random part.
    fn part(&mut self, text: &[u8]) -> (usize, usize) {
        let start = self.below(text.len() + 1);
        let length = self.below((text.len() - start).min(LONGEST_PART) + 1);
        (start, start + length)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.random() % end as u64).unwrap_or_default()
    }

    /// The next number of `SplitMix64`.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
