using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Engine.Native.Tests;

/// <summary>Convolutions of the shapes that ended the process, or were not finite, where a virtual machine hides the caches.</summary>
public class CacheSizesTests
{
    [Fact]
    public void Sizes_are_those_of_a_processor()
    {
        if (!System.Runtime.Intrinsics.X86.X86Base.IsSupported)
        {
            return;
        }
        var sizes = CacheSizes.Described();
        sizes[0].ShouldBeInRange(8 << 10, 256 << 10);
        sizes[1].ShouldBeInRange(128 << 10, 16 << 20);
        sizes[2].ShouldBeGreaterThan(sizes[1] / 2);
    }

    [Fact]
    public void Hidden_caches_are_told_to_the_library_and_others_left_alone()
        => NativeLibraries.Caches.ShouldStartWith(CacheSizes.Hidden ? "hidden by this machine; oneDNN was told" : "as the processor describes them");

    [Theory]
    [InlineData(32, 256, 1024, 4, 1)]
    [InlineData(40, 1024, 256, 4, 1)]
    [InlineData(16, 64, 64, 16, 3)]
    [InlineData(8, 16, 32, 8, 3)]
    public void Products_of_convolutions_are_exact(int batch, int from, int to, int side, int kernel)
    {
        using var scope = NewDisposeScope();
        var x = rand([batch, from, side, side]).requires_grad_();
        var w = (rand([to, from, kernel, kernel]) - .5).requires_grad_();
        var y = nn.functional.conv2d(x, w, padding: [kernel / 2, kernel / 2]);
        y.square().sum().backward();
        y.isfinite().all().item<bool>().ShouldBeTrue();
        x.grad!.isfinite().all().item<bool>().ShouldBeTrue();
        w.grad!.isfinite().all().item<bool>().ShouldBeTrue();
        // the middle pixel by the definition, in double
        var at = side / 2;
        var window = x.to(ScalarType.Float64).slice(2, at - kernel / 2, at + kernel / 2 + 1, 1).slice(3, at - kernel / 2, at + kernel / 2 + 1, 1);
        var expected = window.reshape(batch, -1).mm(w.to(ScalarType.Float64).reshape(to, -1).t());
        (y.select(3, at).select(2, at) - expected).abs().max().item<double>().ShouldBeLessThan(1e-3);
    }
}
