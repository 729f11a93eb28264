using Odm.Classify.Metrics;
using Odm.Data.Images;
using Odm.Engine.Runtime;

namespace Odm.Classify.Readers;

/// <summary>
/// What <c>odm score readers</c> computes: how well readers tell generated from real images, how much they agree, and whether it is more
/// than chance. A fact's label is the reader, two readers (<c>A / B</c>), or, in the rows of one synthetic set, the set; without one it
/// speaks of all readers.
/// Positive is "generated": sensitivity is the share of generated images that were recognised, specificity that of real ones.
/// </summary>
public static class ReaderScores
{
    private const string Accuracy = "accuracy", Sensitivity = "sensitivity", Specificity = "specificity", DPrime = "d_prime", Auc = "auc",
        Time = "seconds_per_image";

    /// <summary>Reads the files and scores them.</summary>
    /// <exception cref="DatasetException">A file is faulty, two are of one reader, or they do not answer the same questions.</exception>
    public static IReadOnlyList<Fact> Run(IReadOnlyList<string> files, string key, BootstrapConfig? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        var truth = ReviewKey.Read(key);
        var readers = files.Select(f => ReaderAnswers.Read(f, truth)).ToArray();
        for (var r = 0; r < readers.Length; r++)
        {
            if (Array.FindIndex(readers, 0, r, o => o.Reader == readers[r].Reader) is >= 0 and var before)
            {
                throw new DatasetException($"{files[r]}: reader '{readers[r].Reader}' has {files[before]} already; "
                    + "allowed: one file a reader");
            }
            if (Asked(readers[r]) != Asked(readers[0]))
            {
                throw new DatasetException($"{files[r]}: answers other questions than {files[0]}; allowed: files of one review page");
            }
        }
        return Of(truth, readers, bootstrap);
    }

    /// <summary>The facts of readers who answered the same questions.</summary>
    /// <param name="key">What the images are.</param>
    /// <param name="readers">From one; in the order of the key.</param>
    /// <param name="bootstrap">Of the rows of all readers: images are drawn, the readers stay.</param>
    public static IReadOnlyList<Fact> Of(ReviewKey key, IReadOnlyList<ReaderAnswers> readers, BootstrapConfig? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(readers);
        var truth = key.Items.Select(i => i.Generated).ToArray();
        List<Fact> facts = [.. readers.SelectMany(r => Single(key, truth, r))];
        if (readers.Count > 1)
        {
            facts.AddRange(Together(key, truth, readers, bootstrap ?? new()));
            facts.AddRange(Agreement(key, readers, bootstrap ?? new()));
        }
        return facts;
    }

    // a reader alone: exact intervals
    private static IEnumerable<Fact> Single(ReviewKey key, bool[] truth, ReaderAnswers reader)
    {
        int n = truth.Length, generated = truth.Count(g => g), real = n - generated;
        Fact Share(string metric, string label, int hits, int of)
        {
            var (low, high) = Proportion.Interval(hits, of);
            return new(metric, label, (double)hits / of, low, high, of);
        }
        if (reader.Generated is { } said)
        {
            int hits = Count(i => truth[i] && said[i]), alarms = Count(i => !truth[i] && said[i]);
            var right = hits + real - alarms;
            yield return Share(Accuracy, reader.Reader, right, n);
            yield return Share(Sensitivity, reader.Reader, hits, generated);
            yield return Share(Specificity, reader.Reader, real - alarms, real);
            var d = Detection.DPrimeInterval(hits, generated, alarms, real);
            yield return new(DPrime, reader.Reader, Detection.DPrime(hits, generated, alarms, real), d.Low, d.High, n);
            var area = new Ratings(truth, reader).Area([.. Enumerable.Repeat(1, n)]);
            var interval = Detection.AreaInterval(area, generated, real);
            yield return new(Auc, reader.Reader, area, interval.Low, interval.High, n);
            yield return new("p_chance", reader.Reader, Proportion.AgainstHalf(right, n), null, null, n);
            foreach (var set in Sets(key))
            {
                yield return Share("sensitivity_of_set", $"{reader.Reader} / {set}", Count(i => truth[i] && said[i]
                    && key.Items[i].Set == set),
                    Count(i => truth[i] && key.Items[i].Set == set));
            }
        }
        foreach (var kind in new[] { false, true })
        {
            var (name, of) = (kind ? ReviewKey.GeneratedWord : ReviewKey.RealWord, kind ? generated : real);
            if (reader.Grades is { } grades)
            {
                yield return Share($"grade_accuracy_{name}", reader.Reader,
                    Count(i => truth[i] == kind && ClassNames.Key(grades[i]) == ClassNames.Key(key.Items[i].Grade)), of);
                if (Kappa.Cohen(Table(key.Grades(), Where(i => truth[i] == kind).Select(i => (key.Items[i].Grade, grades[i]))),
                    quadratic: true) is { } k)
                {
                    yield return new($"grade_kappa_{name}", reader.Reader, k.Value, k.Low, k.High, of);
                }
            }
            if (reader.Plausible is { } plausible)
            {
                yield return Share($"lesion_plausible_{name}", reader.Reader, Count(i => truth[i] == kind && plausible[i]), of);
            }
        }
        var median = Proportion.Median(reader.Seconds);
        yield return new(Time, reader.Reader, Middle(reader.Seconds), median?.Low, median?.High, n);

        IEnumerable<int> Where(Func<int, bool> holds) => Enumerable.Range(0, n).Where(holds);
        int Count(Func<int, bool> holds) => Where(holds).Count();
    }

    // the mean of all readers; images are drawn with replacement, each with what all readers said of it
    private static List<Fact> Together(ReviewKey key, bool[] truth, IReadOnlyList<ReaderAnswers> readers, BootstrapConfig bootstrap)
    {
        var scores = new List<(string Metric, string Label, long N, Func<int[], double> Mean)>();
        int n = truth.Length, generated = truth.Count(g => g);
        if (readers[0].Generated is not null)
        {
            Add(Accuracy, "", n, (r, w) => Share(i => r.Generated![i] == truth[i], _ => true, w));
            Add(Sensitivity, "", generated, (r, w) => Share(i => r.Generated![i], i => truth[i], w));
            Add(Specificity, "", n - generated, (r, w) => Share(i => !r.Generated![i], i => !truth[i], w));
            Add(DPrime, "", n, (r, w) => Detection.DPrime(Weight(i => truth[i] && r.Generated![i], w), Weight(i => truth[i], w),
                Weight(i => !truth[i] && r.Generated![i], w), Weight(i => !truth[i], w)));
            var ratings = readers.Select(r => new Ratings(truth, r)).ToArray();
            scores.Add((Auc, "", n, w => ratings.Average(r => r.Area(w))));
            foreach (var set in Sets(key))
            {
                Add("sensitivity_of_set", set, key.Items.Count(i => i.Generated && i.Set == set),
                    (r, w) => Share(i => r.Generated![i], i => truth[i] && key.Items[i].Set == set, w));
            }
        }
        foreach (var kind in new[] { false, true })
        {
            var (name, of) = (kind ? ReviewKey.GeneratedWord : ReviewKey.RealWord, kind ? generated : n - generated);
            if (readers[0].Grades is not null)
            {
                Add($"grade_accuracy_{name}", "", of, (r, w)
                    => Share(i => ClassNames.Key(r.Grades![i]) == ClassNames.Key(key.Items[i].Grade), i => truth[i] == kind, w));
            }
            if (readers[0].Plausible is not null)
            {
                Add($"lesion_plausible_{name}", "", of, (r, w) => Share(i => r.Plausible![i], i => truth[i] == kind, w));
            }
        }
        Add(Time, "", n, (r, w) => Middle([.. r.Seconds.SelectMany((s, i) => Enumerable.Repeat(s, w[i]))]));
        var intervals = Bootstrap.Intervals(n, w => [.. scores.Select(s => s.Mean(w))], bootstrap);
        int[] once = [.. Enumerable.Repeat(1, n)];
        List<Fact> facts = [.. scores.Select((s, i) => new Fact(s.Metric, s.Label, s.Mean(once), intervals[i]?.Low, intervals[i]?.High,
            s.N))];
        if (readers[0].Generated is not null)
        {
            int[] votes = [.. truth.Select((_, i) => readers.Count(r => r.Generated![i]))];
            facts.Insert(5, new("p_chance", "", Proportion.AgainstShuffled(votes, truth), null, null, n));
        }
        return facts;

        void Add(string metric, string label, int of, Func<ReaderAnswers, int[], double> score)
            => scores.Add((metric, label, of, w => readers.Average(r => score(r, w))));
        double Weight(Func<int, bool> holds, int[] w) => Enumerable.Range(0, n).Where(holds).Sum(i => w[i]);
        double Share(Func<int, bool> holds, Func<int, bool> among, int[] w) => Weight(i => among(i) && holds(i), w) / Weight(among, w);
    }

    private static IEnumerable<Fact> Agreement(ReviewKey key, IReadOnlyList<ReaderAnswers> readers, BootstrapConfig bootstrap)
    {
        string[] called = [ReviewKey.RealWord, ReviewKey.GeneratedWord], lesion = ["no", "yes"];
        (string Prefix, IReadOnlyList<string> Answers, bool Grades, Func<ReaderAnswers, string[]?> Of)[] questions =
        [
            ("", called, false, r => r.Generated?.Select(g => called[g ? 1 : 0]).ToArray()),
            ("grade_", key.Grades(), true, r => r.Grades),
            ("lesion_", lesion, false, r => r.Plausible?.Select(p => lesion[p ? 1 : 0]).ToArray()),
        ];
        foreach (var (prefix, answers, grades, of) in questions.Where(q => q.Of(readers[0]) is not null))
        {
            for (var a = 0; a < readers.Count; a++)
            {
                for (var b = a + 1; b < readers.Count; b++)
                {
                    if (Kappa.Cohen(Table(answers, of(readers[a])!.Zip(of(readers[b])!)), grades) is { } k)
                    {
                        yield return new($"{prefix}cohen_kappa", $"{readers[a].Reader} / {readers[b].Reader}", k.Value, k.Low, k.High,
                            key.Items.Count);
                    }
                }
            }
            if (readers.Count > 2)
            {
                var counts = new int[key.Items.Count, answers.Count];
                foreach (var (answer, i) in readers.SelectMany(r => of(r)!.Select((answer, i) => (answer, i))))
                {
                    counts[i, Index(answers, answer)]++;
                }
                if (Kappa.Fleiss(counts) is { } kappa)
                {
                    var interval = Bootstrap.Intervals(key.Items.Count, w => [Kappa.Fleiss(counts, w) ?? double.NaN], bootstrap)[0];
                    yield return new($"{prefix}fleiss_kappa", "", kappa, interval?.Low, interval?.High, key.Items.Count);
                }
            }
        }
    }

    // how much each image was called generated: -3 (real, certain) to 3
    private sealed class Ratings
    {
        private readonly RocRanking ranking;

        public Ratings(bool[] generated, ReaderAnswers reader)
        {
            var signed = generated.Select((_, i) => reader.Generated![i] ? reader.Confidence![i] : -reader.Confidence![i]);
            ranking = new([.. signed.Select(s => (double)s)], generated);
        }

        public double Area(int[] weights) => ranking.Area(weights) ?? double.NaN;
    }

    // the synthetic sets, where there are several
    private static string[] Sets(ReviewKey key)
        => key.Items.Where(i => i.Generated).Select(i => i.Set).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray() is
        { Length: > 1 } sets ? sets : [];

    private static int[,] Table(IReadOnlyList<string> answers, IEnumerable<(string First, string Second)> pairs)
    {
        var counts = new int[answers.Count, answers.Count];
        foreach (var (first, second) in pairs)
        {
            counts[Index(answers, first), Index(answers, second)]++;
        }
        return counts;
    }

    private static int Index(IReadOnlyList<string> answers, string answer)
        => answers.Select(ClassNames.Key).ToList().IndexOf(ClassNames.Key(answer));

    private static double Middle(IReadOnlyCollection<double> values)
        => values.Count == 0 ? double.NaN : Bootstrap.Quantile([.. values.Order()], .5);

    private static string Asked(ReaderAnswers reader) => $"{reader.Generated is null} {reader.Grades is null} {reader.Plausible is null}";
}
