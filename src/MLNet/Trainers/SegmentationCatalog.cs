using Microsoft.ML;
using Odm.Classify.Segmentation;

namespace Odm.MLNet.Trainers;

/// <summary>Networks that find lesions, by <c>mlContext.Segmentation()</c>.</summary>
public sealed class SegmentationCatalog
{
    private readonly MLContext context;

    internal SegmentationCatalog(MLContext context) => this.context = context;

    /// <summary>U-Net++.</summary>
    /// <example><code>var model = mlContext.Segmentation().UNetPlusPlus().Fit(train);</code></example>
    /// <param name="options">Recipe, columns, seed; by default the <c>cpu</c> recipe.</param>
    public SegmenterTrainer UNetPlusPlus(LearningOptions<SegmenterConfig>? options = null) => new(context, options ?? new());
}
