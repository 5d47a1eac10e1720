"""Grades submissions in the course folder it is started in, writes their feedback, and prints what each cell got.

Arguments: pairs of a student and an assignment, as student/assignment. Prints one line of JSON a submission:
{"student", "assignment", "seconds", "error", "scores": {cell: points or null}, "feedback": file or null}.
"""

import json
import logging
import sys
import time
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGrader, NbGraderAPI


def scores(gradebook: Gradebook, student: str, assignment: str) -> dict[str, float | None]:
    notebooks = gradebook.find_submission(assignment, student).notebooks
    return {
        grade.name: grade.auto_score
        for notebook in notebooks
        for grade in notebook.grades
    }


def main(submissions: list[str]) -> None:
    app = NbGrader()
    app.initialize([])
    api = NbGraderAPI(config=app.config)
    api.log.setLevel(logging.ERROR)
    for submission in submissions:
        student, assignment = submission.split("/")
        start = time.monotonic()
        graded = api.autograde(assignment, student, force=True, create=True)
        seconds = time.monotonic() - start
        result = {"student": student, "assignment": assignment, "seconds": seconds}
        if graded["success"]:
            with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
                result["scores"] = scores(gradebook, student, assignment)
            told = api.generate_feedback(assignment, student, force=True)
            page = Path("feedback", student, assignment, f"{assignment}.html")
            result["feedback"] = str(page) if told["success"] and page.exists() else None
        else:
            result["error"] = (graded.get("error") or "") + (graded.get("log") or "")
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
