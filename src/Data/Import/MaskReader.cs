using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Data.Import;

/// <summary>
/// The one place that says what counts as a mask, for an import, for the truth of a scoring and for its predictions. Read are black and
/// white files (white 255, of 16 bits 65535 or 255), thresholded; files that hold 0 and 1, where 1 is the mask; and, where
/// <c>values</c> are named, files of labels. Everything else is refused. The files of one reader are of one form. Safe for several threads.
/// </summary>
public sealed class MaskReader
{
    /// <summary>Level up to which a JPEG file is black: its noise.</summary>
    private const int Noise = 16;

    /// <summary>Share of white pixels that an alpha channel may hide: those that it hides by a soft edge.</summary>
    private const double MostHidden = .001;

    /// <summary>Dice from which values near black are the drawing of the true mask, not probabilities.</summary>
    private const double Drawn = .5;

    private readonly IReadOnlyList<int> values;
    private readonly double threshold;
    private readonly string advice;
    private readonly Lock gate = new();
    private string? white; // the first file of each form
    private string? ones;
    private string? dim;
    private string? barren;
    private bool chosen;
    private string? soft; // the first map of probabilities

    /// <param name="values">Stored values that are the mask; empty for black and white files and those of 0 and 1.</param>
    /// <param name="threshold">Share of white from which a pixel counts, 0 to 1.</param>
    /// <param name="advice">The field or option that names the values, for messages.</param>
    public MaskReader(IReadOnlyList<int>? values = null, double threshold = .5, string advice = "dataset.mask_values, --mask-values")
        => (this.values, this.threshold, this.advice) = (values ?? [], threshold, advice);

    /// <summary>How many files held 0 and 1 and were read so.</summary>
    public int Ones { get; private set; }

    /// <summary>The first of them by name; null where there are none.</summary>
    public string? FirstOfOnes => ones;

    /// <summary>A mask file as a hard mask: one channel, 0 or 255. The orientation that the file states is applied.</summary>
    /// <exception cref="DatasetException">The file is no mask, or cannot be read; one line that names it.</exception>
    public Pixels Read(string file) => Hard(Decoded(file), file);

    /// <summary>
    /// Looks whether files of predictions are maps of probabilities: one of more than 32 values says so of all, and nearly black ones among
    /// them may hold 1 without meaning white.
    /// </summary>
    /// <param name="files">All that are read by <see cref="ReadProbabilities"/>.</param>
    /// <param name="cancel">Looked at before each.</param>
    public void Survey(IEnumerable<string> files, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (var file in values.Count > 0 ? [] : files)
        {
            cancel.ThrowIfCancellationRequested();
            if (new MaskLevels(ImageFiles.Decode(file, values: true)).Distinct.Length > MaskLevels.MostLabels)
            {
                soft = file;
                return;
            }
        }
    }

    /// <summary>A predicted mask: the probability of each pixel, 0 to 1, [H*W]; 0 or 1 where the file is a hard mask.</summary>
    /// <param name="file">The file.</param>
    /// <param name="truth">The true mask, as <see cref="Read"/> gives it. It tells a file of 0 and 1 among maps of probabilities from one
    /// that is nearly black.</param>
    /// <exception cref="DatasetException">The file is a picture, a map of labels, or cannot be read; one line that names it.</exception>
    public (int Width, int Height, float[] Probabilities) ReadProbabilities(string file, Pixels? truth = null)
    {
        var pixels = Decoded(file);
        var levels = new MaskLevels(pixels);
        if (values.Count > 0 || (soft is null && levels is { Stored: not null, Highest: <= 1, White: > 1 }))
        {
            var hard = Hard(pixels, file);
            return (hard.Width, hard.Height, Array.ConvertAll(hard.Planar, p => p / 255f));
        }
        levels.RefuseColours(file, advice);
        if (soft is not null)
        {
            RefuseHard(levels, file, truth);
        }
        else if (levels.Stored is not null)
        {
            levels.RefuseLabels(file, advice);
            RefuseDim(levels, file);
            Note(ref white, file);
        }
        return (pixels.Width, pixels.Height, levels.Stored is { } stored && levels.White != 255 | pixels.Bits == 16
            ? Array.ConvertAll(stored, v => (float)v / levels.White)
            : Array.ConvertAll(levels.Sums, sum => sum / (255f * pixels.Channels)));
    }

    /// <summary>To be called when all files were read: refuses files of two forms, and values that no file holds.</summary>
    /// <exception cref="DatasetException">They are; one line that names two of the files.</exception>
    public void CheckForms()
    {
        if (ones is not null && white is not null)
        {
            throw new DatasetException($"{ones}: holds 0 and 1 where {white} is black and white; the masks of a set must be of one form");
        }
        if (dim is not null && white is null && ones is null)
        {
            throw new DatasetException($"{dim}: nearly black, as are all masks; a JPEG file of 0 and 1 is no mask, black and white "
                + $"is needed");
        }
        if (barren is not null && !chosen)
        {
            throw new DatasetException($"{barren}: no mask holds a pixel of the values {string.Join(", ", values)} ({advice})");
        }
    }

    private Pixels Decoded(string file)
    {
        var pixels = ImageFiles.Decode(file, values: true);
        return pixels.Facts.Pages != 1 ? throw new DatasetException($"{file}: holds {pixels.Facts.Pages} images; a mask file holds one")
            : values.Count == 0 && pixels.Facts.Hidden > MostHidden * pixels.Width * pixels.Height
            ? throw new DatasetException($"{file}: the alpha channel hides pixels that are white; save the mask without transparency")
            : pixels;
    }

    private Pixels Hard(Pixels pixels, string file)
    {
        var levels = new MaskLevels(pixels);
        if (values.Count > 0)
        {
            return With(pixels, Chosen(levels, file));
        }
        levels.RefuseColours(file, advice);
        if (levels.Highest == 0)
        {
            return With(pixels, new bool[levels.Sums.Length]);
        }
        if (levels is { Stored: { } stored, Highest: 1, White: > 1 })
        {
            Note(ref ones, file);
            lock (gate)
            {
                Ones++;
            }
            return With(pixels, Array.ConvertAll(stored, v => v == 1));
        }
        levels.RefuseLabels(file, advice);
        levels.RefuseGrey(file);
        if (levels.Stored is null && levels.Highest <= Noise)
        {
            Note(ref dim, file);
            return With(pixels, new bool[levels.Sums.Length]);
        }
        RefuseDim(levels, file);
        Note(ref white, file);
        return With(pixels, levels.Stored is { } wide && levels.White != 255 | pixels.Bits == 16
            ? Array.ConvertAll(wide, v => v >= threshold * levels.White)
            : Array.ConvertAll(levels.Sums, sum => sum >= threshold * 255 * pixels.Channels));
    }

    private bool[] Chosen(MaskLevels levels, string file)
    {
        var stored = levels.Choices ?? throw new DatasetException($"{file}: a coloured or JPEG file, which has no exact values; "
            + $"{string.Join(", ", values)} ({advice}) need a grey or palette PNG or TIFF file");
        var inside = Array.ConvertAll(stored, v => values.Contains(v));
        lock (gate)
        {
            barren ??= file;
            chosen |= inside.Contains(true);
        }
        return inside;
    }

    // a hard mask or a map of labels among maps of probabilities
    private void RefuseHard(MaskLevels levels, string file, Pixels? truth)
    {
        if (levels.Gaps)
        {
            levels.RefuseLabels(file, advice);
        }
        if (levels.Few && truth is not null && levels.Dice(truth.Planar) > Drawn)
        {
            throw new DatasetException($"{file}: holds the values {levels.Values()} where {soft} is a map of probabilities; the masks of "
                + "a set must be of one form");
        }
    }

    private void RefuseDim(MaskLevels levels, string file)
    {
        if (levels.Distinct.Length > 1 && levels.Distinct[0] >= threshold * levels.White
            && (levels.Distinct.Length == 2 || levels.Distinct[0] < levels.White - Noise))
        {
            throw new DatasetException($"{file}: holds the values {levels.Values()}, all of which reach {Share()} of white; a mask holds 0 "
                + $"and {levels.White}, or 0 and 1; else name those that are the mask ({advice})");
        }
        if (levels.Highest > 0 && levels.Highest < threshold * levels.White)
        {
            throw new DatasetException(levels.Stored is null
                ? string.Create(CultureInfo.InvariantCulture, $"{file}: its brightest level is {levels.Highest} of 255; a mask is black "
                    + $"and white")
                : $"{file}: holds the values {levels.Values()}, none of which reaches {Share()} of white; a mask holds 0 and "
                    + $"{levels.White}, or 0 and 1; else name those that are the mask ({advice})");
        }
    }

    private string Share() => string.Create(CultureInfo.InvariantCulture, $"{100 * threshold:0.#} %");

    private void Note(ref string? first, string file)
    {
        lock (gate)
        {
            first = first is null || string.CompareOrdinal(file, first) < 0 ? file : first;
        }
    }

    private static Pixels With(Pixels pixels, bool[] inside)
        => pixels with
        {
            Channels = 1,
            Planar = Array.ConvertAll(inside, i => i ? (byte)255 : (byte)0),
            Facts = pixels.Facts with { Values = null },
        };
}
