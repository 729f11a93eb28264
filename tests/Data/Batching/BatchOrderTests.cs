using FsCheck;
using FsCheck.Fluent;
using Odm.Data.Batching;
using Odm.Data.Images;

namespace Odm.Data.Tests;

public class BatchOrderTests
{
    private static Batches Of(int count, int size, bool dropLast, ulong seed = 1, string purpose = "x") =>
        new(ImageSetTests.Sample(count), size, seed, purpose, Normalisation.Symmetric(3), dropLast: dropLast);

    [Fact]
    public void An_epoch_shows_every_image_once_when_nothing_is_dropped() => Prop.ForAll<byte, byte, byte>((n, size, epoch) =>
    {
        var batches = Of(n % 40 + 1, size % 9 + 1, dropLast: false);
        var seen = Enumerable.Range(epoch * batches.PerEpoch, batches.PerEpoch).SelectMany(step => batches.IndicesAt(step));
        return seen.Order().SequenceEqual(Enumerable.Range(0, n % 40 + 1));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Dropping_the_last_leaves_full_batches_of_different_images()
    {
        var batches = Of(10, 4, dropLast: true);
        batches.PerEpoch.ShouldBe(2);
        for (var step = 0; step < 20; step++)
        {
            batches.IndicesAt(step).Count.ShouldBe(4);
        }
        batches.IndicesAt(0).Intersect(batches.IndicesAt(1)).ShouldBeEmpty();
        Of(10, 4, dropLast: false).IndicesAt(2).Count.ShouldBe(2);
    }

    [Fact]
    public void A_batch_is_at_most_the_whole_set()
    {
        var batches = Of(5, 32, dropLast: true);
        (batches.BatchSize, batches.PerEpoch).ShouldBe((5, 1));
        batches.IndicesAt(3).Order().ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void A_resumed_stream_shows_what_the_uninterrupted_one_would_have()
    {
        var (through, resumed) = (Of(50, 8, true), Of(50, 8, true));
        var expected = Enumerable.Range(0, 30).Select(step => through.IndicesAt(step).ToArray()).ToArray();
        for (var step = 17; step < 30; step++)
        {
            resumed.IndicesAt(step).ShouldBe(expected[step]);
        }
        resumed.IndicesAt(2).ShouldBe(expected[2]);
    }

    [Fact]
    public void Epochs_seeds_and_purposes_each_have_their_own_order()
    {
        int[] First(ulong seed, string purpose, long epoch) => [.. Of(50, 50, true, seed, purpose).IndicesAt(epoch)];
        First(1, "x", 1).ShouldNotBe(First(1, "x", 0));
        First(2, "x", 0).ShouldNotBe(First(1, "x", 0));
        First(1, "y", 0).ShouldNotBe(First(1, "x", 0));
    }

    [Fact]
    public void Normalisation_is_fitted_as_worked_on_paper()
    {
        var rows = new[] { new ImageRow { Id = "a", Label = 0 }, new ImageRow { Id = "b", Label = 0 } };
        var set = ImageSet.FromPixels([0, 255, 51, 51, 51, 51], 3, 1, 1, rows, ["0"]); // channels: {0, 51}, {255, 51}, {51, 51}
        var each = Normalisation.Fit(NormalisationKind.Dataset, set);
        each.Mean.ShouldBe([.1, .6, .2], 1e-12);
        each.Std.ShouldBe([.1, .4, 1.0 / 255], 1e-12); // no division by zero
        var whole = Normalisation.Fit(NormalisationKind.ZScore, set);
        whole.Mean.ShouldBe([.3, .3, .3], 1e-12);
        whole.Std[0].ShouldBe(Math.Sqrt((.09 + .01 * 4 + .49) / 6), 1e-12);
        Normalisation.Fit(NormalisationKind.ImageNet, set).Mean.ShouldBe([.485, .456, .406]);
        Normalisation.Fit(NormalisationKind.Unit, set).Std.ShouldBe([1.0, 1, 1]);
        var raw = Normalisation.Fit(NormalisationKind.Raw, set); // 0 to 255
        ((1 - raw.Mean[0]) / raw.Std[0]).ShouldBe(255, 1e-9);
        Should.Throw<ArgumentException>(() => Normalisation.Fit((NormalisationKind)9, set));
    }

    [Fact]
    public void Normalisation_survives_json()
    {
        var norm = Normalisation.Fit(NormalisationKind.Dataset, ImageSetTests.Sample());
        var read = System.Text.Json.JsonSerializer.Deserialize<Normalisation>(System.Text.Json.JsonSerializer.Serialize(norm))!;
        read.Kind.ShouldBe(NormalisationKind.Dataset);
        read.Mean.ShouldBe(norm.Mean);
        read.Std.ShouldBe(norm.Std);
    }
}
