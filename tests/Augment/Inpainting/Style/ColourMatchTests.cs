using FsCheck;
using FsCheck.Fluent;
using Odm.Augment.Inpainting.Style;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Augment.Tests;

/// <summary>Against SciPy's sqrtm: goldens/make_colour.py.</summary>
public sealed class ColourMatchTests
{
    [Fact]
    public void One_channel_is_shifted_and_stretched()
    {
        using var scope = NewDisposeScope();
        var mapped = ColourMatch.Mapped(tensor(new[] { -1.0, 1 }).reshape(1, 2), tensor(new[] { -1.0, 1 }).reshape(1, 2), tensor(new[] { 3.0, 7 }).reshape(1, 2), 0);
        mapped.data<double>().ToArray().ShouldBe([3, 7], 1e-12);
    }

    [Fact]
    public void The_map_is_that_of_scipy()
    {
        using var scope = NewDisposeScope();
        foreach (var golden in Goldens.Json("colour.json").AsArray())
        {
            Tensor Colours(string name) => tensor(golden![name].Doubles()).reshape(3, -1);
            var mapped = ColourMatch.Mapped(Colours("source"), Colours("source"), Colours("reference"), (double)golden!["ridge"]!);
            (mapped - Colours("mapped")).abs().max().item<double>().ShouldBeLessThan(1e-7);
        }
    }

    [Fact]
    public void Mean_and_covariance_become_the_references() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        using var scope = NewDisposeScope();
        var rng = new Rng((ulong)seed);
        var (source, reference) = (Cloud(rng, 50), Cloud(rng, 70));
        var mapped = ColourMatch.Mapped(source, source, reference, 0);
        (mapped.mean([1]) - reference.mean([1])).abs().max().item<double>().ShouldBeLessThan(1e-7);
        (Covariance(mapped) - Covariance(reference)).abs().max().item<double>().ShouldBeLessThan(1e-6);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_the_given_pixels_move()
    {
        using var scope = NewDisposeScope();
        var images = rand(2, 3, 8, 8) * 2 - 1;
        var references = rand(2, 3, 8, 8) * .5;
        var where = zeros(2, 1, 8, 8);
        where[0, 0, 2, 3] = 1;
        where[0, 0, 5, 5] = 1;
        var matched = ColourMatch.Match(images, references, where);
        var moved = (matched - images).abs().sum([1]).gt(1e-6); // [N, H, W]
        moved.sum().item<long>().ShouldBe(2);
        moved[0, 2, 3].item<bool>().ShouldBeTrue();
        matched.dtype.ShouldBe(ScalarType.Float32);
    }

    [Fact]
    public void An_image_that_is_its_own_reference_stays_and_one_of_one_colour_takes_the_mean()
    {
        using var scope = NewDisposeScope();
        var image = rand(1, 3, 8, 8);
        Goldens.Difference(ColourMatch.Match(image, image), image).ShouldBeLessThan(1e-6);
        Goldens.Difference(ColourMatch.Match(full_like(image, .3), image), image.mean([2, 3], keepdim: true).expand(1, 3, 8, 8)).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void Nothing_leaks()
    {
        using var scope = NewDisposeScope();
        var (image, reference) = (rand(2, 3, 8, 8), rand(2, 3, 8, 8));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        ColourMatch.Match(image, reference, ones(2, 1, 8, 8)).Dispose();
        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).ShouldBe(1); // the mask made here
    }

    private static Tensor Cloud(Rng rng, int points)
    {
        double[] Normal(int n) => [.. Enumerable.Range(0, n).Select(_ => rng.NextGaussian())];
        return tensor(Normal(9)).reshape(3, 3).mm(tensor(Normal(3 * points)).reshape(3, points)) + tensor(Normal(3)).reshape(3, 1);
    }

    private static Tensor Covariance(Tensor x)
    {
        var centred = x - x.mean([1], keepdim: true);
        return centred.mm(centred.t()) / x.shape[1];
    }
}
