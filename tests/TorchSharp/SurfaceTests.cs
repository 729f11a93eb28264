using Odm.Tests.Support;
using TorchSharp;

namespace TorchSharpTests;

public class SurfaceTests
{
    [Fact]
    public void Every_public_member_is_one_of_the_published_package()
    {
        var outside = ApiSurface.Outside(typeof(torch).Assembly, Path.Combine(AppContext.BaseDirectory, "torchsharp-0.106.api.txt"));
        outside.ShouldBeEmpty($"{outside.Count} members are not in the published surface:{Environment.NewLine}{string.Join(Environment.NewLine, outside)}");
    }

    [Fact]
    public void A_member_that_is_not_listed_is_named()
    {
        var list = Path.GetTempFileName();
        var lines = ApiSurface.Lines(typeof(torch).Assembly).ToList();
        var dropped = lines.First(l => l.EndsWith("Conv2d :: virtual TorchSharp.torch.Tensor forward(TorchSharp.torch.Tensor input)", StringComparison.Ordinal));
        File.WriteAllLines(list, lines.Where(l => l != dropped));
        ApiSurface.Outside(typeof(torch).Assembly, list).ShouldBe([dropped]);
        File.Delete(list);
    }
}
