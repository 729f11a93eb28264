using System.Text.Json.Serialization;

namespace Odm.Data.Batching;

/// <summary>How often the images of each class are drawn in training.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Sampling>))]
public enum Sampling
{
    /// <summary>Each image once an epoch: p_c = n_c / n.</summary>
    Natural,

    /// <summary>All classes alike: p_c = 1 / C.</summary>
    Balanced,

    /// <summary>p_c in proportion to √n_c (Mahajan et al. 2018).</summary>
    SquareRoot,

    /// <summary>From natural to balanced: p_c = (1 - e/E) n_c / n + (e/E) / C in epoch e of E, from 0 (Kang et al. 2020).</summary>
    Progressive,
}
