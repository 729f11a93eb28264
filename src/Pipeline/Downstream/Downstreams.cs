using Odm.Classify.Classification;
using Odm.Classify.Segmentation;
using Odm.Classify.Training;

namespace Odm.Pipeline.Downstream;

/// <summary>All kinds of <see cref="IDownstream"/>: what <c>downstream.kind</c> may be. A kind is a record, a class and a row.</summary>
public static class Downstreams
{
    private sealed record Row(Type Config, Func<DownstreamConfig, int, string?, IDownstream> Make)
    {
        public static Row Of<T>(Func<T, int, string?, IDownstream> make)
            where T : DownstreamConfig => new(typeof(T), (config, images, primary) => make((T)config, images, primary));
    }

    private static readonly OrderedDictionary<string, Row> Rows = new(StringComparer.Ordinal)
    {
        ["classifier"] = Row.Of<ClassifierConfig>((c, images, primary) => new Classification(c, images, primary)),
        ["segmenter"] = Row.Of<SegmenterConfig>((c, images, primary) => new Segmentation(c, images, primary)),
    };

    /// <summary>The record of each kind, by its name; the first is the one of a study that names none.</summary>
    public static IReadOnlyDictionary<string, Type> Kinds => new OrderedDictionary<string, Type>(
        Rows.Select(r => KeyValuePair.Create(r.Key, r.Value.Config)), StringComparer.Ordinal);

    /// <summary>Adds a kind from outside, before a study is read.</summary>
    /// <typeparam name="T">Its record, with defaults for all fields.</typeparam>
    /// <param name="kind">Its name, in lower case.</param>
    /// <param name="make">
    /// Makes it of settings without faults, the number of images that an epoch means, and the metric that decides (null for its own).
    /// </param>
    /// <exception cref="ArgumentException">The name is taken by another kind.</exception>
    public static void Add<T>(string kind, Func<T, int, string?, IDownstream> make)
        where T : DownstreamConfig
    {
        if (!Rows.TryAdd(kind, Row.Of(make)) && Rows[kind].Config != typeof(T))
        {
            throw new ArgumentException($"'{kind}' is the kind {Rows[kind].Config.Name} already", nameof(kind));
        }
    }

    /// <summary>The one that a study asks for.</summary>
    /// <param name="config">Settings without faults.</param>
    /// <param name="images">Images that an epoch means where the recipe counts epochs: the largest training set of the study.</param>
    /// <param name="primary">The metric that decides; null for the kind's own.</param>
    public static IDownstream Of(DownstreamConfig config, int images, string? primary = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        return (Rows.Values.FirstOrDefault(r => r.Config == config.GetType())
            ?? throw new ArgumentException($"no downstream of {config.GetType()}", nameof(config))).Make(config, images, primary);
    }
}
