using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Data.Tests;

public class BatchTests
{
    private static readonly ImageSet Set = ImageSetTests.Sample(10);

    private static float[] Floats(Tensor t) => t.data<float>().ToArray();

    [Fact]
    public void A_batch_holds_its_images_normalised_with_labels_and_masks()
    {
        using var scope = NewDisposeScope();
        var batches = new Batches(Set, 4, 3, "x", Normalisation.Symmetric(3));
        var batch = batches.At(1);
        batch.Images.shape.ShouldBe([4L, 3, 4, 5]);
        batch.Masks!.shape.ShouldBe([4L, 1, 4, 5]);
        batch.Indices.ShouldBe(batches.IndicesAt(1));
        batch.Labels.data<long>().ToArray().ShouldBe(batch.Indices.Select(i => (long)Set.Rows[i].Label));
        var expected = batch.Indices.SelectMany(i => Set.Image(i).ToArray()).Select(v => v / 127.5f - 1).ToArray();
        Floats(batch.Images).ShouldBe(expected, 1e-6f);
        Floats(batch.Masks).ShouldBe(batch.Indices.SelectMany(i => Set.Mask(i).ToArray()).Select(v => v / 255f));
    }

    [Fact]
    public void A_transform_is_drawn_anew_for_every_step_and_slot_and_alike_after_resuming()
    {
        using var scope = NewDisposeScope();
        var draws = new List<double>();
        (Tensor, Tensor?) Transform(Tensor image, Tensor? mask, Rng rng)
        {
            draws.Add(rng.NextDouble());
            return (image, mask);
        }
        var norm = Normalisation.Symmetric(3);
        var batches = new Batches(Set, 5, 3, "x", norm, Transform);
        for (var step = 0; step < 4; step++)
        {
            batches.At(step);
        }
        draws.Distinct().Count().ShouldBe(20);
        new Batches(Set, 5, 3, "x", norm, Transform).At(2);
        draws[20..].ShouldBe(draws[10..15]);
    }

    [Fact]
    public void A_transform_may_change_the_size_of_all_images_alike()
    {
        using var scope = NewDisposeScope();
        var batches = new Batches(Set, 5, 3, "x", Normalisation.Fit(NormalisationKind.Unit, Set), (image, mask, _) => (image.narrow(2, 1, 3), mask!.narrow(2, 1, 3)));
        var batch = batches.At(0);
        batch.Images.shape.ShouldBe([5L, 3, 4, 3]);
        batch.Masks!.shape.ShouldBe([5L, 1, 4, 3]);
        Floats(batch.Images)[0].ShouldBe(Set.Image(batch.Indices[0])[1] / 255f);
    }

    [Fact]
    public void Normalising_a_tensor_equals_normalising_a_batch()
    {
        using var scope = NewDisposeScope();
        int[] indices = [2, 7];
        var norm = Normalisation.Fit(NormalisationKind.ImageNet, Set);
        var plain = Batches.Of(Set, indices, Normalisation.Fit(NormalisationKind.Unit, Set));
        Floats(norm.Apply(plain.Images)).ShouldBe(Floats(Batches.Of(Set, indices, norm).Images), 1e-5f);
    }

    [Fact]
    public void Pixels_and_masks_come_as_bytes_in_the_order_asked_for()
    {
        using var scope = NewDisposeScope();
        var pixels = Set.Pixels([3, 1]);
        (pixels.dtype, pixels.shape[0]).ShouldBe((ScalarType.Byte, 2));
        pixels.bytes.ToArray().ShouldBe([.. Set.Image(3), .. Set.Image(1)]);
        Set.MaskPixels([3, 1]).bytes.ToArray().ShouldBe([.. Set.Mask(3), .. Set.Mask(1)]);
    }

    [Fact]
    public void Making_batches_leaves_no_tensor_behind()
    {
        using var scope = NewDisposeScope();
        var batches = new Batches(Set, 4, 3, "x", Normalisation.Symmetric(3), (image, mask, _) => (image.mul(1), mask));
        for (var step = 0; step < 3; step++)
        {
            batches.At(step).Dispose();
        }
        scope.DisposablesCount.ShouldBe(0);
    }
}
