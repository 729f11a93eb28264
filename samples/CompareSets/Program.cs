// Compares two image sets: Fréchet distance, precision, recall and the like, beside the floor that two halves of the real set have.
// Arguments: the folders of a real and a synthetic set (as `odm data import` and `odm run` write them); without any, two drawn sets.
using Odm.Classify.Features;
using Odm.Classify.ImageMetrics;
using Odm.Data.Images;
using Odm.Data.Phantom;
using Odm.Engine.Runtime;

TorchEngine.Start(threads: 0); // all cores
var context = new RunContext(TorchEngine.Resolve("auto"), Precision.Fp32, _ => { }, CancellationToken.None);
var (real, synthetic) = args.Length == 2
    ? (ImageSet.Open(args[0]), ImageSet.Open(args[1]))
    : (PhantomDataset.Draw(60, 32, seed: 1, shares: [.4, 0, .3, 0, .3]), PhantomDataset.Draw(40, 32, seed: 2, shares: [.2, 0, .4, 0, .4]));

using var extractor = FeatureExtractors.Open(FeatureExtractors.Default, context); // ImageNet's ResNet-18
var scores = ImageSetMetrics.Score(real, synthetic, heldOut: null, extractor, context, "compare", new ImageMetricsConfig());
Console.WriteLine("metric                                   class      value        low       high     n");
foreach (var fact in scores.Facts.Where(f => f.Label.Length == 0))
{
    Console.WriteLine(FormattableString.Invariant($"{fact.Metric,-40} {"all",-5} {fact.Value,10:0.000} {fact.Low,10:0.000} {fact.High,10:0.000} {fact.N,5}"));
}
