using Microsoft.ML;
using Odm.Augment.Plans;
using Odm.Augment.Traditional;
using Odm.Data.Images;
using Odm.MLNet.Running;
using Odm.MLNet.Views;

namespace Odm.MLNet.Augmentation;

/// <summary>Balances a view with transformed copies of its own rows.</summary>
public sealed class TraditionalModel
{
    private readonly TraditionalConfig settings;
    private readonly AugmentationOptions options;

    internal TraditionalModel(TraditionalConfig settings, AugmentationOptions options)
        => (this.settings, this.options) = (settings, options);

    /// <summary>
    /// The rows of a view, and after them transformed copies, up to the largest class by default; columns as
    /// <see cref="GeneratorModel.Balance"/>.
    /// </summary>
    /// <param name="data">Training rows.</param>
    /// <param name="plan">How many copies to add to each class.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">A row of another side, or a class without images that wants copies.</exception>
    public IDataView Balance(IDataView data, PlanConfig? plan = null, ulong seed = 1) => Runs.Checked(() =>
    {
        var chosen = plan ?? new() { ToLargest = true };
        Runs.Refuse(chosen.Faults("plan"));
        var reader = ImageReader.Open(data, options.Columns, origin: false).Of("train").Labelled();
        var folder = Directory.CreateTempSubdirectory("odm-");
        try
        {
            var real = reader.Save(Path.Combine(folder.FullName, "images"));
            var copies = TraditionalTransforms.BalanceOffline(real, Plan.From(chosen, real.Classes, real.ClassCounts()), settings, seed);
            return new BalancedView(data, reader, copies, options.Columns);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });
}
