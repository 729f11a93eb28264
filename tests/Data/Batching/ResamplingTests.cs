using FsCheck;
using FsCheck.Fluent;
using Odm.Data.Batching;
using Odm.Data.Images;

namespace Odm.Data.Tests;

public class ResamplingTests
{
    private static readonly int[] Ham = [6705, 1113, 1099, 514, 327, 142, 115];

    [Fact]
    public void Shares_are_those_worked_on_paper()
    {
        int[] counts = [9, 4, 1];
        Resampling.Shares(Sampling.Natural, counts, 0).ShouldBe([9 / 14.0, 4 / 14.0, 1 / 14.0], 1e-12);
        Resampling.Shares(Sampling.Balanced, counts, 0).ShouldBe([1 / 3.0, 1 / 3.0, 1 / 3.0], 1e-12);
        Resampling.Shares(Sampling.SquareRoot, counts, 0).ShouldBe([3 / 6.0, 2 / 6.0, 1 / 6.0], 1e-12);
        // a quarter of the way: 3/4 of the natural share and 1/4 of a third
        Resampling.Shares(Sampling.Progressive, counts, .25).ShouldBe([.75 * 9 / 14 + .25 / 3, .75 * 4 / 14 + .25 / 3, .75 / 14 + .25 / 3], 1e-12);
        Resampling.Shares(Sampling.Progressive, counts, 0).ShouldBe(Resampling.Shares(Sampling.Natural, counts, 0), 1e-12);
        Resampling.Shares(Sampling.Progressive, counts, 1).ShouldBe(Resampling.Shares(Sampling.Balanced, counts, 0), 1e-12);
    }

    // NumPy: np.sqrt(n) / np.sqrt(n).sum() (tests/Classify/goldens/make_imbalance.py)
    [Fact]
    public void Square_roots_of_ham10000_are_numpys()
        => Resampling.Shares(Sampling.SquareRoot, Ham, 0).ShouldBe([0.3866253222150047, 0.15752100936908486, 0.15652717604475733, 0.10704649783554016, 0.08538169657468461,
            0.05626457931661537, 0.050633718644312986], 1e-12);

    [Fact]
    public void A_class_without_images_is_never_drawn()
    {
        foreach (var sampling in Enum.GetValues<Sampling>())
        {
            var shares = Resampling.Shares(sampling, [5, 0, 3], .5);
            shares[1].ShouldBe(0);
            shares.Sum().ShouldBe(1, 1e-12);
            Resampling.Order(shares, [0, 0, 0, 0, 0, 2, 2, 2], 1).Length.ShouldBe(8);
        }
    }

    [Fact]
    public void An_epoch_has_as_many_images_as_the_set_its_classes_in_their_shares_and_each_image_as_often_as_the_others_of_its_class()
        => Prop.ForAll<byte, byte, byte>((a, b, c) =>
        {
            int[] counts = [a % 60 + 1, b % 9 + 1, c % 3 + 1];
            int[] labels = [.. counts.SelectMany((n, k) => Enumerable.Repeat(k, n))];
            return Enum.GetValues<Sampling>().All(sampling =>
            {
                var shares = Resampling.Shares(sampling, counts, .4);
                var order = Resampling.Order(shares, labels, a);
                var times = labels.Select((label, i) => (Label: label, Times: order.Count(x => x == i))).GroupBy(x => x.Label, x => x.Times).ToList();
                return order.Length == labels.Length && times.All(t => t.Max() - t.Min() <= 1 && Math.Abs(t.Sum() - shares[t.Key] * labels.Length) < 1)
                    && order.SequenceEqual(Resampling.Order(shares, labels, a));
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Progressive_batches_go_from_natural_to_nearly_balanced_over_the_epochs_of_the_training()
    {
        var batches = Of(Sampling.Progressive, steps: 4 * 5); // 5 epochs of 4 steps
        int[] Classes(int epoch) => Counted(batches, epoch);
        Classes(0).ShouldBe([60, 15, 5]);
        // e/E = 4/5: .2 n_c / n + .8 / 3 of 80 images are 33.33, 24.33 and 22.33
        Classes(4).ShouldBe([34, 24, 22]);
        Classes(2).ShouldBe([47, 20, 13]); // .6 and .4: 46.67, 19.67 and 13.67
    }

    [Fact]
    public void A_resumed_stream_shows_what_the_uninterrupted_one_would_have()
    {
        foreach (var sampling in Enum.GetValues<Sampling>())
        {
            var (through, resumed) = (Of(sampling, 20), Of(sampling, 20));
            var expected = Enumerable.Range(0, 20).Select(step => through.IndicesAt(step).ToArray()).ToArray();
            for (var step = 11; step < 20; step++)
            {
                resumed.IndicesAt(step).ShouldBe(expected[step]);
            }
            resumed.IndicesAt(2).ShouldBe(expected[2]);
            expected[0].ShouldNotBe(expected[4]);
        }
    }

    [Fact]
    public void Balanced_batches_show_every_image_of_a_large_class_in_time()
    {
        var batches = Of(Sampling.Balanced, 40);
        Counted(batches, 0).ShouldBe([27, 27, 26]);
        Enumerable.Range(0, 120).SelectMany(s => batches.IndicesAt(s)).Distinct().Count().ShouldBe(80);
    }

    [Fact]
    public void Images_without_a_label_are_refused()
        => Should.Throw<ArgumentException>(() => new Batches(Set(-1), 4, 1, "x", Normalisation.Symmetric(3), sampling: Sampling.Balanced));

    private static int[] Counted(Batches batches, int epoch)
        => [.. Enumerable.Range(epoch * batches.PerEpoch, batches.PerEpoch).SelectMany(s => batches.IndicesAt(s)).GroupBy(Label).OrderBy(g => g.Key).Select(g => g.Count())];

    private static int Label(int i) => i < 60 ? 0 : i < 75 ? 1 : 2;

    private static Batches Of(Sampling sampling, long steps) => new(Set(), 20, 3, "x", Normalisation.Symmetric(3), sampling: sampling, steps: steps);

    // 60, 15 and 5 images
    private static ImageSet Set(int? label = null)
    {
        var rows = Enumerable.Range(0, 80).Select(i => new ImageRow { Id = $"{i}", Label = label ?? Label(i) }).ToList();
        return ImageSet.FromPixels(new byte[80 * 3], 3, 1, 1, rows, ["a", "b", "c"]);
    }
}
