using Odm.Tests.Support;

namespace ImageSharpTests;

public class SurfaceTests
{
    [Fact]
    public void Every_public_member_is_one_of_the_published_package()
    {
        var outside = ApiSurface.Outside(typeof(SixLabors.ImageSharp.Image).Assembly, Path.Combine(AppContext.BaseDirectory, "imagesharp-3.1.api.txt"));
        outside.ShouldBeEmpty($"{outside.Count} members are not in the published surface:{Environment.NewLine}{string.Join(Environment.NewLine, outside)}");
    }
}
