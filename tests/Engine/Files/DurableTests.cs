using Odm.Engine.Files;
using Odm.Engine.Runtime;
using Odm.Tests;

namespace Odm.Engine.Tests;

public class DurableTests
{
    private static void Put(string folder, string text) => Durable.WriteFolder(folder, partial => File.WriteAllText(Path.Combine(partial, "it"), text));

    private static string Get(string folder)
    {
        Durable.Recover(folder);
        return File.ReadAllText(Path.Combine(folder, "it"));
    }

    [Fact]
    public void A_folder_replaces_the_one_before_and_leaves_nothing_beside()
    {
        using var folder = new TemporaryFolder();
        Put(folder["x"], "one");
        Put(folder["x"], "two");
        Get(folder["x"]).ShouldBe("two");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["x"]]);
    }

    [Fact]
    public void A_kill_while_writing_leaves_the_old_folder()
    {
        using var folder = new TemporaryFolder();
        Put(folder["x"], "one");
        folder.Write("x.partial/it", "tw");
        Get(folder["x"]).ShouldBe("one");
        Put(folder["x"], "three");
        Get(folder["x"]).ShouldBe("three");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["x"]]);
    }

    [Fact]
    public void A_kill_between_the_two_renames_is_finished_by_the_next_reader()
    {
        using var folder = new TemporaryFolder();
        folder.Write("x.previous/it", "one");
        folder.Write("x.partial/it", "two");
        Get(folder["x"]).ShouldBe("two");
    }

    [Fact]
    public void A_kill_before_the_old_folder_is_deleted_keeps_the_new_one()
    {
        using var folder = new TemporaryFolder();
        folder.Write("x.previous/it", "one");
        folder.Write("x/it", "two");
        Get(folder["x"]).ShouldBe("two");
        Put(folder["x"], "three");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["x"]]);
    }

    [Fact]
    public void A_removed_folder_goes_with_what_a_kill_left_beside_it()
    {
        using var folder = new TemporaryFolder();
        Put(folder["x"], "one");
        folder.Write("x.previous/it", "zero");
        folder.Write("x.partial/it", "tw");
        Durable.RemoveFolder(folder["x"]);
        Durable.RemoveFolder(folder["x"]);
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void A_half_written_first_folder_is_no_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("x.partial/it", "on");
        Durable.Recover(folder["x"]);
        Directory.Exists(folder["x"]).ShouldBeFalse();
    }

    [Fact]
    public void A_write_that_fails_keeps_the_old_content_leaves_no_part_and_names_the_place()
    {
        using var folder = new TemporaryFolder();
        Put(folder["x"], "one");
        var failed = Should.Throw<DatasetException>(() => Durable.WriteFolder(folder["x"], partial =>
        {
            File.WriteAllText(Path.Combine(partial, "it"), "tw");
            throw new IOException("No space left on device");
        }));
        failed.Message.ShouldBe($"cannot write {folder["x"]}: No space left on device");
        Get(folder["x"]).ShouldBe("one");
        Should.Throw<DatasetException>(() => Durable.WriteFile(folder["y"], _ => throw new IOException("No space left on device")));
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder["x"]]);
    }

    [Fact]
    public void A_place_that_cannot_be_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", "");
        Should.Throw<DatasetException>(() => Put(folder["file/x"], "one")).Message.ShouldStartWith($"cannot write {folder["file/x"]}");
    }
}
