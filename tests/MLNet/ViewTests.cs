using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Odm.Augment.Traditional;
using Odm.Data.Images;
using Odm.Tests;

namespace Odm.MLNet.Tests;

/// <summary>Image sets as views, under the rules of IDataView.</summary>
public sealed class ViewTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MLContext ml = new(seed: 1);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_set_comes_back_as_it_was()
    {
        var set = Drawn.Eyes();
        var view = ml.Data.LoadFromImageSet(Drawn.Saved(folder, set));
        ml.Data.SaveAsImageSet(view, folder["copy"]);
        var copy = ImageSet.Open(folder["copy"]);
        copy.Rows.Select(r => (r.Id, r.Label, r.Group, r.Split, r.Origin, r.Sha256)).ShouldBe(set.Rows.Select(r => (r.Id, r.Label, r.Group, r.Split, r.Origin, r.Sha256)));
        copy.Classes.ShouldBe(set.Classes);
        copy.HasMasks.ShouldBe(set.HasMasks);
        copy.Mask(3).ToArray().ShouldBe(set.Mask(3).ToArray());
        ImageSetFolder.Verify(copy);
    }

    [Fact]
    public void Only_columns_that_were_asked_for_may_be_read()
    {
        var view = ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes()));
        using var cursor = view.GetRowCursor([view.Schema["Label"]]);
        cursor.IsColumnActive(view.Schema["Label"]).ShouldBeTrue();
        cursor.IsColumnActive(view.Schema["Image"]).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => cursor.GetGetter<MLImage>(view.Schema["Image"])).Message.ShouldContain("'Image'");
        Should.Throw<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["Label"])).Message.ShouldContain("UInt32");
        var label = cursor.GetGetter<uint>(view.Schema["Label"]);
        uint value = 0;
        Should.Throw<InvalidOperationException>(() => label(ref value));
        cursor.MoveNext().ShouldBeTrue();
        label(ref value);
        value.ShouldBe((uint)Drawn.Eyes().Rows[0].Label + 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Parallel_cursors_give_every_row_once(int cursors)
    {
        var view = ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes(200)));
        var ids = new List<(ulong, string)>();
        var batches = new List<long>();
        foreach (var cursor in view.GetRowCursorSet([view.Schema["Id"]], cursors))
        {
            using (cursor)
            {
                var (id, name) = (cursor.GetIdGetter(), cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Id"]));
                var last = -1L;
                while (cursor.MoveNext())
                {
                    (DataViewRowId row, ReadOnlyMemory<char> text) = (default, default);
                    id(ref row);
                    name(ref text);
                    ids.Add((row.Low, text.ToString()));
                    if (cursor.Batch != last)
                    {
                        cursor.Batch.ShouldBeGreaterThan(last);
                        batches.Add(last = cursor.Batch);
                    }
                }
            }
        }
        ids.Count.ShouldBe(200);
        ids.Select(i => i.Item1).Distinct().Count().ShouldBe(200);
        if (cursors > 1)
        {
            batches.Distinct().Count().ShouldBe(batches.Count); // no batch in two cursors
        }
        ids.OrderBy(i => i.Item1).Select(i => i.Item2).ShouldBe(Drawn.Eyes(200).Rows.Select(r => r.Id));
    }

    [Fact]
    public void Shuffling_changes_the_order_and_keeps_ids_with_their_rows()
    {
        var view = ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes()));
        var shuffled = ml.Data.ShuffleRows(view, seed: 3);
        var (ids, before) = (Drawn.Text(shuffled, "Id"), Drawn.Text(view, "Id"));
        ids.ShouldNotBe(before);
        ids.Order(StringComparer.Ordinal).ShouldBe(before.Order(StringComparer.Ordinal));
        var labels = shuffled.GetColumn<uint>("Label").ToArray();
        var truth = Drawn.Eyes().Rows.ToDictionary(r => r.Id, r => (uint)r.Label + 1, StringComparer.Ordinal);
        labels.ShouldBe(ids.Select(i => truth[i]));
    }

    [Fact]
    public void ML_NETs_own_tools_work_on_it()
    {
        var view = ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes()));
        view.Preview(5).RowView.Length.ShouldBe(5);
        ml.Data.Cache(view, "Id", "Label").GetColumn<uint>("Label").Count().ShouldBe(40);
        var split = ml.Data.TrainTestSplit(view, testFraction: .3, samplingKeyColumnName: "Group");
        Drawn.Text(split.TrainSet, "Group").Intersect(Drawn.Text(split.TestSet, "Group"), StringComparer.Ordinal).ShouldBeEmpty();
        var pixels = ml.Transforms.ExtractPixels("p", "Image", orderOfExtraction: ImagePixelExtractingEstimator.ColorsOrder.ARGB)
            .Fit(view).Transform(view).GetColumn<float[]>("p").First();
        pixels.ShouldBe(Drawn.Eyes().Image(0).ToArray().Select(b => (float)b));
    }

    [Fact]
    public void A_vector_fills_the_buffer_that_is_there()
    {
        float[][] rows = [[1, 2], [3, 4]];
        var view = new Views.RowsView([Views.ViewColumn.Vector("V", 2, i => rows[i])], 2);
        using var cursor = view.GetRowCursor([view.Schema["V"]]);
        var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["V"]);
        var held = new float[5]; // longer than needed
        var buffer = new VBuffer<float>(5, held);
        foreach (var row in rows)
        {
            cursor.MoveNext().ShouldBeTrue();
            getter(ref buffer);
            buffer.DenseValues().ShouldBe(row);
            held[..2].ShouldBe(row);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cursor_that_is_disposed_of_gives_no_more_rows(bool balanced)
    {
        var view = ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes()));
        view = balanced ? ml.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }).Balance(view) : view;
        var cursor = view.GetRowCursor([view.Schema["Label"]]);
        var label = cursor.GetGetter<uint>(view.Schema["Label"]);
        cursor.MoveNext().ShouldBeTrue();
        cursor.Dispose();
        uint value = 0;
        Should.Throw<InvalidOperationException>(() => label(ref value));
        cursor.MoveNext().ShouldBeFalse();
        cursor.Dispose(); // a second time does nothing
        Directory.Delete(folder["eyes"], recursive: true);
    }

    // ML.NET concatenates views inside itself alone (cross validation, caches): its class is not public
    [Fact]
    public void ML_NET_appends_views_to_each_other()
    {
        var eyes = ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes()));
        var balanced = ml.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }).Balance(eyes);
        foreach (var view in new[] { eyes, balanced })
        {
            var count = view.GetColumn<uint>("Label").Count();
            var both = (IDataView)typeof(TextLoader).Assembly.GetType("Microsoft.ML.Data.AppendRowsDataView")!.GetMethod("Create")!
                .Invoke(null, [ml, view.Schema, new[] { view, ml.Data.TakeRows(view, 7) }])!;
            Drawn.Text(both, "Id").ShouldBe(Drawn.Text(view, "Id").Concat(Drawn.Text(view, "Id").Take(7)));
            both.GetColumn<uint>("Label").Count().ShouldBe(count + 7);
            using var cursor = both.GetRowCursor(both.Schema);
            var (image, id) = (cursor.GetGetter<MLImage>(both.Schema["Image"]), cursor.GetIdGetter());
            var seen = new HashSet<DataViewRowId>();
            while (cursor.MoveNext())
            {
                MLImage picture = null!;
                image(ref picture);
                picture.Width.ShouldBe(32);
                picture.Dispose();
                DataViewRowId own = default;
                id(ref own);
                seen.Add(own).ShouldBeTrue();
            }
            seen.Count.ShouldBe(count + 7);
        }
    }

    [Fact]
    public void Features_do_not_depend_on_the_order_of_the_rows()
    {
        var view = ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes(12)));
        var model = ml.Transforms.ResNet18Features("F").Fit(view);
        Dictionary<string, float[]> Of(IDataView rows) => Drawn.Text(rows, "Id").Zip(model.Transform(rows).GetColumn<float[]>("F")).ToDictionary(x => x.First, x => x.Second, StringComparer.Ordinal);
        int[] backwards = [.. Enumerable.Range(0, 12).Reverse()];
        var (first, second) = (Of(view), Of(ml.Data.LoadFromImageSet(Drawn.Saved(folder, Drawn.Eyes(12).Select(backwards), "backwards"))));
        second.Keys.ShouldNotBe(first.Keys);
        first.ShouldAllBe(f => f.Value.SequenceEqual(second[f.Key]));
    }

    [Fact]
    public void A_side_alone_is_loaded()
    {
        var place = Drawn.Saved(folder, Drawn.Eyes(side: null));
        Drawn.Text(ml.Data.LoadFromImageSet(place, "test"), "Split").ShouldAllBe(s => s == "test");
        Should.Throw<ArgumentException>(() => ml.Data.LoadFromImageSet(place, "tset")).Message.ShouldContain("must be one of train, val, test");
        Should.Throw<ArgumentException>(() => ml.Data.LoadFromImageSet(folder["none"])).Message.ShouldContain("no such image set");
    }
}
