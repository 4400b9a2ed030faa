"""SummaryWriter: what users pass, as the tensors, numbers and text that the C++ writer takes."""

import json
import os
import time

from ... import _C
from ._convert import as_number, as_step, as_tensor, hparam_values

__all__ = ["SummaryWriter"]


class SummaryWriter:
    """Writes event files into a folder, which TensorBoard shows.

    Every ``add_`` method takes ``global_step`` (a number that orders the events of a tag) and most
    take ``walltime`` (seconds since 1970; by default now). Events reach the disk when ``max_queue``
    of them wait, every ``flush_secs`` seconds, in :meth:`flush` and :meth:`close`, and when the
    program ends. Several threads may write at once.

    Args:
        log_dir: the folder; by default ``runs/<date and time>_<host><comment>``.
        comment: see there; ignored if log_dir is given.
        purge_step: events from this step on, written earlier into the folder, are hidden.
        max_queue: how many events wait until they are written.
        flush_secs: how long they wait at most.
        filename_suffix: the end of the names of event files.

    Raises:
        OSError: the folder or a file cannot be made or written, for example on a full disk.
    """

    def __init__(
        self,
        log_dir=None,
        comment="",
        purge_step=None,
        max_queue=10,
        flush_secs=120,
        filename_suffix="",
    ):
        self._writer = _C._io.SummaryWriter(
            os.fsencode(log_dir) if log_dir else b"",
            comment,
            as_step(purge_step),
            int(max_queue),
            flush_secs,
            filename_suffix,
        )
        self.log_dir = log_dir or self._writer.get_logdir()
        self.purge_step = purge_step
        self.max_queue = max_queue
        self.flush_secs = flush_secs
        self.filename_suffix = filename_suffix

    def add_scalar(
        self,
        tag,
        scalar_value,
        global_step=None,
        walltime=None,
        new_style=False,
        double_precision=False,
    ):
        """A number of a curve: a Python number, or a tensor or array of one element.

        new_style writes a tensor for the plugin "scalars", with double_precision of 64 bits.
        """
        if type(scalar_value) is not float:
            scalar_value = as_number(scalar_value)
        if type(global_step) is not int:
            global_step = as_step(global_step)
        self._writer.add_scalar(
            tag, scalar_value, global_step, walltime, new_style, double_precision
        )

    def add_scalars(self, main_tag, tag_scalar_dict, global_step=None, walltime=None):
        """Curves of one chart: a run of its own for each name in the dict."""
        values = [(name, as_number(v)) for name, v in tag_scalar_dict.items()]
        self._writer.add_scalars(main_tag, values, as_step(global_step), walltime)

    def add_histogram(
        self, tag, values, global_step=None, bins="tensorflow", walltime=None, max_bins=None
    ):
        """The distribution of the elements of a tensor or array.

        Args:
            bins: "tensorflow", a rule of ``numpy.histogram_bin_edges`` ("auto", "fd", ..), a
                number of equal bins, or their edges.
            max_bins: neighbouring bins are joined until about so many are left.
        """
        if not isinstance(bins, str):
            bins = (
                as_tensor(bins).double().tolist()
                if hasattr(bins, "shape") and len(bins.shape)
                else [float(b) for b in bins]
                if isinstance(bins, (list, tuple))
                else int(bins)
            )
        self._writer.add_histogram(
            tag, as_tensor(values), as_step(global_step), walltime, bins, max_bins
        )

    def add_histogram_raw(
        self,
        tag,
        min,
        max,
        num,
        sum,
        sum_squares,
        bucket_limits,
        bucket_counts,
        global_step=None,
        walltime=None,
    ):
        """A histogram counted elsewhere; bucket_limits are the right edges of the bins."""
        limits = [float(v) for v in bucket_limits]
        counts = [float(v) for v in bucket_counts]
        numbers = [as_number(v) for v in (min, max, num, sum, sum_squares)]
        self._writer.add_histogram_raw(
            tag, *numbers, limits, counts, as_step(global_step), walltime
        )

    def add_image(self, tag, img_tensor, global_step=None, walltime=None, dataformats="CHW"):
        """A picture: uint8 in 0..255, everything else in 0..1; dataformats names the axes.

        Shape: [3, H, W] with "CHW" (1, 2 and 4 channels too), [H, W, 3] with "HWC", [H, W] "HW".
        """
        self._writer.add_image(
            tag, as_tensor(img_tensor), as_step(global_step), walltime, dataformats
        )

    def add_images(self, tag, img_tensor, global_step=None, walltime=None, dataformats="NCHW"):
        """A batch of pictures in a grid of up to eight columns; [N, 3, H, W] or [N, 1, H, W]."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

    def add_image_with_boxes(
        self,
        tag,
        img_tensor,
        box_tensor,
        global_step=None,
        walltime=None,
        rescale=1,
        dataformats="CHW",
        labels=None,
    ):
        """A picture with red boxes, rows of (xmin, ymin, xmax, ymax) in pixels.

        Args:
            rescale: the factor by which the picture is made larger.
            labels: a text for each box; drawing it needs the package Pillow.
        """
        from ._boxes import draw_boxes

        if isinstance(labels, str):
            labels = [labels]
        boxes = as_tensor(box_tensor)
        if labels is not None and len(labels) != boxes.shape[0]:
            labels = None
        picture = draw_boxes(as_tensor(img_tensor), boxes, rescale, dataformats, labels)
        self._writer.add_image(tag, picture, as_step(global_step), walltime, "HWC")

    def add_figure(self, tag, figure, global_step=None, close=True, walltime=None):
        """A matplotlib figure, or a list of figures of one size, as a picture.

        close: the figures are closed afterwards.
        """
        from ._convert import picture_of_figure

        if isinstance(figure, list):
            pictures = _C.stack([picture_of_figure(f, close) for f in figure])
            self.add_image(tag, pictures, global_step, walltime, "NHWC")
        else:
            picture = picture_of_figure(figure, close)
            self.add_image(tag, picture, global_step, walltime, "HWC")

    def add_audio(self, tag, snd_tensor, global_step=None, sample_rate=44100, walltime=None):
        """A sound of one channel, [1, frames], numbers in -1..1; sample_rate in Hz."""
        self._writer.add_audio(
            tag, as_tensor(snd_tensor), as_step(global_step), walltime, int(sample_rate)
        )

    def add_text(self, tag, text_string, global_step=None, walltime=None):
        """A text in Markdown."""
        self._writer.add_text(tag, text_string, as_step(global_step), walltime)

    def add_tensor(self, tag, tensor, global_step=None, walltime=None):
        """A tensor as it is, for programs that read event files."""
        self._writer.add_tensor(tag, as_tensor(tensor), as_step(global_step), walltime)

    def add_graph(self, model, input_to_model=None, verbose=False, use_strict_trace=True):
        """The ops that ``model(*input_to_model)`` calls, in groups by module.

        Args:
            model: a Module, or any function of tensors.
            input_to_model: a tensor, or a list or tuple of arguments.
            verbose: also print the nodes.
            use_strict_trace: accepted; running a model once has no looser form.
        """
        from ._graph import record_graph

        graph = record_graph(model, input_to_model, verbose)
        self._writer.add_graph_def(graph)

    def add_embedding(
        self,
        mat,
        metadata=None,
        label_img=None,
        global_step=None,
        tag="default",
        metadata_header=None,
    ):
        """Points for the projector.

        Args:
            mat: [N, D], a row a point.
            metadata: N labels, or N rows of columns named by metadata_header.
            label_img: [N, C, H, W], a picture for each point.
        """
        mat = as_tensor(mat)
        lines = []
        if metadata is not None:
            assert mat.shape[0] == len(metadata), "#labels should equal with #data points"
            if metadata_header:
                assert len(metadata_header) == len(metadata[0]), (
                    "len of header must be equal to the number of columns in metadata"
                )
                rows = [metadata_header, *metadata]
                lines = ["\t".join(str(v) for v in row) for row in rows]
            else:
                lines = [str(v) for v in metadata]
        self._writer.add_embedding(
            mat,
            lines,
            None if label_img is None else as_tensor(label_img),
            as_step(global_step) or 0,
            str(tag),
        )

    def add_pr_curve(
        self,
        tag,
        labels,
        predictions,
        global_step=None,
        num_thresholds=127,
        weights=None,
        walltime=None,
    ):
        """A precision-recall curve: labels 0 or 1, predictions in 0..1, weights of the samples."""
        self._writer.add_pr_curve(
            tag,
            as_tensor(labels),
            as_tensor(predictions),
            as_step(global_step),
            walltime,
            num_thresholds,
            None if weights is None else as_tensor(weights),
        )

    def add_pr_curve_raw(
        self,
        tag,
        true_positive_counts,
        false_positive_counts,
        true_negative_counts,
        false_negative_counts,
        precision,
        recall,
        global_step=None,
        num_thresholds=127,
        weights=None,
        walltime=None,
    ):
        """A precision-recall curve counted elsewhere: a number of each row by threshold."""
        rows = (
            true_positive_counts,
            false_positive_counts,
            true_negative_counts,
            false_negative_counts,
            precision,
            recall,
        )
        rows = [
            _C.tensor([float(v) for v in row], dtype=_C.float32)
            if isinstance(row, (list, tuple))
            else as_tensor(row).float()
            for row in rows
        ]
        self._writer.add_pr_curve_raw(tag, _C.stack(rows), as_step(global_step), walltime)

    def add_mesh(
        self,
        tag,
        vertices,
        colors=None,
        faces=None,
        config_dict=None,
        global_step=None,
        walltime=None,
    ):
        """Points or a surface: vertices [B, N, 3], colors [B, N, 3] in 0..255, faces [B, M, 3].

        config_dict: cameras and lights for three.js.
        """
        self._writer.add_mesh(
            tag,
            as_tensor(vertices),
            None if colors is None else as_tensor(colors),
            None if faces is None else as_tensor(faces),
            json.dumps(config_dict or {}, sort_keys=True),
            as_step(global_step),
            walltime,
        )

    def add_custom_scalars(self, layout):
        """Charts of several tags: {category: {title: ["Multiline" or "Margin", [tags]]}}."""
        charts = []
        for category, titles in layout.items():
            for title, (kind, tags) in titles.items():
                if kind == "Margin":
                    assert len(tags) == 3, f"Expected 3 tags, got {len(tags)}."
                charts.append((category, title, kind == "Margin", list(tags)))
        self._writer.add_custom_scalars(charts)

    def add_custom_scalars_multilinechart(self, tags, category="default", title="untitled"):
        """One chart of any number of tags."""
        self.add_custom_scalars({category: {title: ["Multiline", tags]}})

    def add_custom_scalars_marginchart(self, tags, category="default", title="untitled"):
        """One chart of three tags: a value, its lower and its upper bound."""
        assert len(tags) == 3, f"Expected 3 tags, got {len(tags)}."
        self.add_custom_scalars({category: {title: ["Margin", tags]}})

    def add_hparams(
        self,
        hparam_dict,
        metric_dict,
        hparam_domain_discrete=None,
        run_name=None,
        global_step=None,
    ):
        """A set of hyperparameters with the results it led to, as a run of its own.

        Args:
            hparam_dict: numbers, strings or bools by name.
            metric_dict: numbers by tag.
            hparam_domain_discrete: the list of values a hyperparameter may have, by name.
            run_name: the folder below the writer's; by default the time.
        """
        if type(hparam_dict) is not dict or type(metric_dict) is not dict:
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        hparams, domains = hparam_values(hparam_dict, hparam_domain_discrete)
        self._writer.add_hparams(
            hparams,
            [(tag, as_number(v)) for tag, v in metric_dict.items()],
            domains,
            str(run_name or time.time()),
            as_step(global_step),
        )

    def flush(self):
        """Writes what waits."""
        self._writer.flush()

    def close(self):
        """Writes what waits and closes the files; a later add_..() opens new ones."""
        self._writer.close()

    def get_logdir(self):
        """The folder of the event files."""
        return self._writer.get_logdir()

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.close()
