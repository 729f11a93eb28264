using System.Diagnostics;
using Odm.Data.Phantom;

namespace Odm.Data.Tests;

/// <summary>Alone in its process while it runs, so that the processor time is its own.</summary>
[CollectionDefinition(nameof(PhantomSpeedTests), DisableParallelization = true)]
[Collection(nameof(PhantomSpeedTests))]
public class PhantomSpeedTests
{
    [Fact]
    [Trait("speed", "slow")]
    public void Five_thousand_images_of_64_pixels_take_ten_seconds_of_two_cores_at_most()
    {
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        PhantomDataset.Draw(5000, 64, 1).Count.ShouldBe(5000);
        (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds.ShouldBeLessThan(20);
    }
}
