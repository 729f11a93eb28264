namespace Odm.Augment.Inpainting.Clusters;

/// <summary>Images in groups that look alike, the largest group first.</summary>
/// <param name="Assignment">For each image its cluster, 0 to <see cref="Count"/> - 1.</param>
/// <param name="Centres">The mean of each cluster's rows, [k, d].</param>
/// <param name="Inertia">Sum of the squared distances of the rows to their centres.</param>
internal sealed record Clustering(int[] Assignment, double[,] Centres, double Inertia)
{
    /// <summary>Number of clusters; none is empty.</summary>
    public int Count => Centres.GetLength(0);

    /// <summary>Images of each cluster, falling.</summary>
    public IReadOnlyList<int> Sizes
    {
        get
        {
            var sizes = new int[Count];
            foreach (var cluster in Assignment)
            {
                sizes[cluster]++;
            }
            return sizes;
        }
    }

    /// <summary>The places of a cluster's images, in order.</summary>
    public IReadOnlyList<int> Members(int cluster) => [.. Enumerable.Range(0, Assignment.Length).Where(i => Assignment[i] == cluster)];

    /// <summary>
    /// All images in one cluster, for one model on all (k = 0): no features are looked at, there are no centres' coordinates.
    /// </summary>
    public static Clustering Whole(int images) => new(new int[images], new double[1, 0], 0);
}
