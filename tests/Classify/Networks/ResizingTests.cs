using System.Text.Json;
using Odm.Classify.Networks;
using static TorchSharp.torch;

namespace Odm.Classify.Tests;

public sealed class ResizingTests
{
    [Fact]
    public void Clean_fids_resizing_agrees_with_Pillows_bicubic_filter_on_float_channels()
    {
        foreach (var golden in JsonDocument.Parse(File.ReadAllText(Scattered.Golden("resizing.json"))).RootElement.EnumerateArray())
        {
            using var scope = NewDisposeScope();
            var shape = golden.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64()).ToArray();
            var bytes = golden.GetProperty("image").EnumerateArray().Select(v => (float)v.GetInt32()).ToArray();
            var images = tensor(bytes, [1, .. shape]) / 255;
            var found = (Resizing.CleanFid(images, golden.GetProperty("side").GetInt32()) * 255).data<float>().ToArray();
            var expected = golden.GetProperty("resized").EnumerateArray().Select(v => v.GetSingle()).ToArray();
            found.Length.ShouldBe(expected.Length);
            found.Zip(expected, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(2e-3f); // of 255
            found.Max().ShouldBeLessThanOrEqualTo(255.0001f);
        }
    }
}
