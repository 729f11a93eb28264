using Microsoft.ML;
using Odm.Data.Images;

namespace Odm.MLNet.Judges;

/// <summary>
/// The door to Microsoft.ML.Vision's trainer: what stands behind it (VisionTrainer.cs) is compiled with <c>-p:OdmVision=true</c> alone.
/// </summary>
internal static partial class Vision
{
    /// <summary>Whether the trainer is in this program.</summary>
    public static bool Compiled
    {
        get
        {
            var found = false;
            Find(ref found);
            return found;
        }
    }

    /// <summary>The estimator: reads a column of encoded images.</summary>
    public static IEstimator<ITransformer> Of(MLContext ml, MlNetConfig config)
    {
        IEstimator<ITransformer>? made = null;
        Make(ml, config, ref made);
        return made ?? throw new NotSupportedException("Microsoft.ML.Vision is not compiled in");
    }

    /// <summary>Images as the trainer reads them: columns Label (key) and Features (bytes of a PNG file each).</summary>
    /// <param name="ml">The environment.</param>
    /// <param name="set">The images.</param>
    /// <param name="folder">Receives the PNG files.</param>
    public static IDataView Images(MLContext ml, ImageSet set, string folder)
    {
        IDataView? view = null;
        View(ml, set, folder, ref view);
        return view ?? throw new NotSupportedException("Microsoft.ML.Vision is not compiled in");
    }

    static partial void Find(ref bool found);

    static partial void Make(MLContext ml, MlNetConfig config, ref IEstimator<ITransformer>? made);

    static partial void View(MLContext ml, ImageSet set, string folder, ref IDataView? view);
}
